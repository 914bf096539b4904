/** Histories of clients at work on one register, drawn from a list of choices: linearizable because a register served them. */

import type { History, Operation, Outcome } from './history.ts'
import { type Action, EMPTY, type Register, step } from './register.ts'

interface UnderWay {
  readonly client: string
  readonly action: Action
  readonly invoked: number
  /** Null: the register has not been reached yet. */
  outcome: Outcome | null
}

export interface GeneratorOptions {
  /** Each takes one small step: a call, its effect, or its answer. Any whole numbers. */
  readonly choices: readonly number[]
  readonly clients: number
  /** One answer in so many is lost, before or after the effect; the client goes on with something else. */
  readonly oneLostIn: number
}

/** What is under way at the end is left out where it had no effect, and unanswered where it had one. */
export function generateHistory({ choices, clients, oneLostIn }: GeneratorOptions): History {
  const history: Operation[] = []
  const underWay = new Map<string, UnderWay>()
  /** Given up by their clients, but not by whoever carries them out. */
  const late: UnderWay[] = []
  let register: Register = EMPTY
  let at = 0

  const take = (operation: UnderWay): void => {
    const { action } = operation
    const after = step(register, action, null)
    operation.outcome = after === null ? { outcome: 'REFUSED' } : { outcome: 'OK', seen: after }
    register = after ?? register
  }
  const giveUp = ({ client, action, invoked }: UnderWay, returned: number): void => {
    history.push({ client, action, invoked, returned, outcome: { outcome: 'UNKNOWN' } })
  }

  for (const choice of choices) {
    at += 1
    const client = `c${choice % clients}`
    const draw = Math.floor(choice / clients)
    const operation = underWay.get(client)
    if (operation === undefined) {
      const found = late.pop()
      if (found !== undefined && draw % 3 === 0) take(found)
      underWay.set(client, { client, action: actionOf(draw, `v${at}`, register), invoked: at, outcome: null })
      continue
    }
    if (draw % oneLostIn === 1) {
      giveUp(operation, at)
      underWay.delete(client)
      if (operation.outcome === null) late.push(operation)
    } else if (operation.outcome === null) {
      take(operation)
    } else {
      const { action, invoked, outcome } = operation
      history.push({ client, action, invoked, returned: at, outcome })
      underWay.delete(client)
    }
  }
  for (const operation of underWay.values()) {
    at += 1
    if (operation.outcome?.outcome === 'OK') giveUp(operation, at)
  }
  return history
}

function actionOf(draw: number, value: string, { revision }: Register): Action {
  const expected = draw % 5 === 0 ? revision : null
  switch (draw % 8) {
    case 0:
    case 1:
    case 2:
      return { act: 'READ' }
    case 3:
      return { act: 'CREATE', value }
    case 4:
      return { act: 'DELETE', expected }
    case 5:
      return { act: 'PUT', value, expected: null }
    default:
      return { act: 'UPDATE', value, expected }
  }
}
