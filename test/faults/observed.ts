/** What clients did and were told, in one order of events, and what it says of each record. */

import type { History, Operation, Outcome } from '../linearizability/history.ts'
import type { Action } from '../linearizability/register.ts'
import type { Found, Told } from './answers.ts'

export interface Observation {
  readonly client: string
  readonly record: string
  readonly action: Action
  readonly invoked: number
  readonly returned: number
  readonly told: Told | Found
}

export interface Observer {
  /** Counts the call of an operation as an event; the function that it returns counts its return. */
  begin(client: string, record: string, action: Action): (told: Told | Found) => void
  readonly observations: readonly Observation[]
  /** Writes acknowledged so far. */
  acknowledged(): number
}

export function createObserver(): Observer {
  const observations: Observation[] = []
  let events = 0
  let acknowledged = 0
  return {
    observations,
    acknowledged: () => acknowledged,
    begin(client, record, action) {
      events += 1
      const invoked = events
      return (told) => {
        events += 1
        observations.push({ client, record, action, invoked, returned: events, told })
        if ('told' in told && told.told === 'COMMITTED') acknowledged += 1
      }
    },
  }
}

/** `revisionOf` tells, of a transaction, which revision of the record it made where an answer did not say so. */
export function historiesOf(
  observations: readonly Observation[],
  revisionOf: (transaction: string, record: string) => number | null,
): ReadonlyMap<string, History> {
  const outcomeOf = ({ told, record }: Observation): Outcome => {
    if (!('told' in told)) return { outcome: 'OK', seen: { value: told.memo, revision: told.revision } }
    switch (told.told) {
      case 'COMMITTED': {
        const revision = told.revision ?? revisionOf(told.transaction, record)
        return { outcome: 'OK', seen: { value: null, revision } }
      }
      case 'REFUSED':
        return { outcome: 'REFUSED' }
      // What is being applied need not show yet.
      case 'COMMITTING':
      case 'UNKNOWN':
        return { outcome: 'UNKNOWN' }
      default:
        return told satisfies never
    }
  }
  const operations = observations.map((observation) => {
    const { client, action, invoked, returned, record } = observation
    return { record, operation: { client, action, invoked, returned, outcome: outcomeOf(observation) } }
  })
  const byRecord = Map.groupBy(operations, ({ record }) => record)
  return new Map(
    [...byRecord].map(([record, list]) => [record, list.map(({ operation }): Operation => operation)] as const),
  )
}
