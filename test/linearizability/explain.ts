/** A verdict in words, for whoever has to find out what went wrong. */

import type { Verdict } from './check.ts'
import type { Operation } from './history.ts'
import type { Action, Register, Seen } from './register.ts'

/** The last operations of an order say enough. */
const LINES_MAX = 20

export function explain(record: string, verdict: Verdict): string {
  switch (verdict.verdict) {
    case 'LINEARIZABLE':
      return `${record}: ${verdict.order.length} operations, one after the other`
    case 'UNDECIDED':
      return `${record}: too many orders are possible, so the search was given up`
    case 'NOT_LINEARIZABLE': {
      const { misfit, order, register } = verdict
      const left = order.length - LINES_MAX
      return [
        `${record}: no order explains`,
        `    ${sentenceOf(misfit)}`,
        `  The ${order.length} operations that can be explained leave ${stateOf(register)}:`,
        ...(left > 0 ? [`    … ${left} before these`] : []),
        ...order.slice(-LINES_MAX).map((operation) => `    ${sentenceOf(operation)}`),
      ].join('\n')
    }
    default:
      return verdict satisfies never
  }
}

export function sentenceOf({ client, action, invoked, returned, outcome }: Operation): string {
  const when = outcome.outcome === 'UNKNOWN' ? `[${invoked}, …]` : `[${invoked}, ${returned}]`
  return `${when} ${client} ${actOf(action)}: ${answerOf(action, outcome)}`
}

function actOf(action: Action): string {
  switch (action.act) {
    case 'READ':
      return 'reads'
    case 'CREATE':
      return `creates ${JSON.stringify(action.value)}`
    case 'PUT':
      return `puts ${JSON.stringify(action.value)}${atRevision(action.expected)}`
    case 'UPDATE':
      return `writes ${JSON.stringify(action.value)}${atRevision(action.expected)}`
    case 'DELETE':
      return `deletes${atRevision(action.expected)}`
    default:
      return action satisfies never
  }
}

function atRevision(expected: number | null): string {
  return expected === null ? '' : ` at revision ${expected}`
}

function answerOf(action: Action, outcome: Operation['outcome']): string {
  switch (outcome.outcome) {
    case 'OK':
      return action.act === 'READ' ? foundOf(outcome.seen) : `done${asRevision(outcome.seen.revision)}`
    case 'REFUSED':
      return 'refused'
    case 'UNKNOWN':
      return 'never answered'
    default:
      return outcome satisfies never
  }
}

function foundOf({ value, revision }: Seen): string {
  return value === null ? 'no record' : `${JSON.stringify(value)}${asRevision(revision)}`
}

function asRevision(revision: number | null): string {
  return revision === null ? '' : ` as revision ${revision}`
}

function stateOf({ value, revision }: Register): string {
  return value === null ? `no record, after ${revision} writes` : `${JSON.stringify(value)} at revision ${revision}`
}
