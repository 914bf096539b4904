/** Tries every order of every choice of the unanswered operations: slow, and too simple to be wrong. */

import type { History, Operation } from './history.ts'
import { EMPTY, type Register, step } from './register.ts'

export function someOrderExplains(history: History, register: Register = EMPTY): boolean {
  const answered = history.filter(({ outcome }) => outcome.outcome === 'OK')
  if (answered.length === 0) return true
  return history.some((operation) => {
    if (answered.some((other) => other !== operation && other.returned < operation.invoked)) return false
    const after = stepOf(register, operation)
    return (
      after !== null &&
      someOrderExplains(
        history.filter((other) => other !== operation),
        after,
      )
    )
  })
}

function stepOf(register: Register, { action, outcome }: Operation): Register | null {
  switch (outcome.outcome) {
    case 'OK':
      return step(register, action, outcome.seen)
    case 'UNKNOWN':
      return step(register, action, null)
    case 'REFUSED':
      return null
    default:
      return outcome satisfies never
  }
}
