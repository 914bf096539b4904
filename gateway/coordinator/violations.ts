/**
 * Reasons of refusals: those that the coordinator itself gives, and what follows from those of others.
 */

import type { Violation, ViolationCode } from '../../schema/participant.ts'
import { SYSTEMS, type System } from '../../schema/record.ts'
import { canonicalJson } from './digest.ts'
import type { Refusal } from './protocol-state.ts'

/** What an attempt is made again for, provided that the participant itself calls it retryable. */
const TRIED_AGAIN: ReadonlySet<ViolationCode> = new Set(['LOCKED', 'STALE', 'FENCED'])

export const overloaded = (): Violation =>
  reason('OVERLOADED', 'Too many requests are under way; nothing was written.', null, true)

export const draining = (): Violation =>
  reason('OVERLOADED', 'This gateway is shutting down and takes no new requests; nothing was written.', null, true)

export const stillQueued = (): Violation =>
  reason('LOCKED', 'Other writes to the same record took too long; nothing was written.', null, true)

export const notBegun = (): Violation =>
  reason('TIMEOUT', 'The time allowed was over before the write began; nothing was written.', null, true)

/** `keyed`: only under an idempotency key is it safe to send the request again. */
export const undecided = (keyed: boolean): Violation =>
  reason('TIMEOUT', 'The outcome was not known in the time allowed; the write may still take effect.', null, keyed)

export const mismatch = (): Violation =>
  reason('IDEMPOTENCY_MISMATCH', 'The idempotency key was used before, for another request.', null, false)

export const silent = (system: System): Violation =>
  reason('SYSTEM_UNAVAILABLE', `The ${system} does not answer.`, system, true)

export const calledOff = (): Violation =>
  reason('SYSTEM_UNAVAILABLE', 'A system gave no answer in time, so the write was called off.', null, true)

const fenced = (system: System): Violation =>
  reason('FENCED', `The ${system} gave no answer in time, so the attempt was called off.`, system, true)

/**
 * Every reason of the refusals once, in the order of the systems, whoever answered first: a planner's refusals come
 * back from each participant. A no without a reason was a fence, an id held under another plan is one, too.
 */
export function reasonsOf(refusals: readonly Refusal[]): readonly Violation[] {
  const inOrder = SYSTEMS.flatMap((system) => refusals.filter((refusal) => refusal.system === system))
  return mergeViolations(
    inOrder.map(({ system, violations }) => (violations.length > 0 ? violations : [fenced(system)])),
  )
}

/** All of the lists in order, equal ones once. */
export function mergeViolations(lists: readonly (readonly Violation[])[]): readonly Violation[] {
  const all = lists.flat()
  if (all.length < 2) return all
  return [...new Map(all.map((violation) => [canonicalJson(violation), violation])).values()]
}

/** Whether another attempt may succeed where one was refused for these reasons. */
export function mayTryAgain(violations: readonly Violation[]): boolean {
  if (isOutdated(violations)) return true
  return violations.every((violation) => violation.retryable && TRIED_AGAIN.has(violation.code))
}

/** Whether the same request under the same key gets the same answer for ever. */
export function isFinal(violations: readonly Violation[]): boolean {
  return !isOutdated(violations) && violations.some((violation) => !violation.retryable)
}

/** Planned on a record that has been written since, a write is refused for much that a fresh plan would not do. */
function isOutdated(violations: readonly Violation[]): boolean {
  return violations.some((violation) => violation.retryable && violation.code === 'STALE')
}

/** As callers may see them: what was fenced off is a system that did not answer. */
export function forCaller(violations: readonly Violation[]): readonly Violation[] {
  return violations.map((violation) =>
    violation.code === 'FENCED' ? { ...violation, code: 'SYSTEM_UNAVAILABLE' } : violation,
  )
}

function reason(code: ViolationCode, message: string, system: System | null, retryable: boolean): Violation {
  return { code, message, system, write: null, table: null, column: null, path: null, retryable }
}
