/** Reasons of a refusal, in words that name the table, the column and the limit, and never a store's own message. */

import type { CallerPath, Violation, ViolationCode, Write } from '../../../schema/participant.ts'
import type { System } from '../../../schema/record.ts'
import type { Lock } from './locks.ts'

/** What one refusal lists at most; the last then says how many more there are. */
export const VIOLATIONS_MAX = 1_000

const NAME_LENGTH_MAX = 80
const RETRYABLE: ReadonlySet<ViolationCode> = new Set(['LOCKED', 'STALE', 'FENCED', 'TIMEOUT'])

export interface Place {
  readonly system: System
  readonly write: number | null
  readonly table: string | null
  readonly column: string | null
  /** The `at` of the write, where it has one. */
  readonly at: CallerPath | null
}

export function violation(code: ViolationCode, place: Place, message: string): Violation {
  return {
    code,
    message,
    system: place.system,
    write: place.write,
    table: place.table,
    column: place.column,
    path: place.at,
    retryable: RETRYABLE.has(code),
  }
}

/** Said of the first lock that could not be had; `writes` are those that its index counts. */
export function lockedBy(system: System, writes: readonly Write[], { resource, write }: Lock): Violation {
  const { table = null, at = null } = writes[write] ?? {}
  const place = { system, write, table, column: null, at }
  return violation('LOCKED', place, `Somebody else is at work on ${shortened(resource)}`)
}

/** A name or key as given by a caller, short enough for a message. */
export function shortened(text: string): string {
  return text.length <= NAME_LENGTH_MAX ? text : `${text.slice(0, NAME_LENGTH_MAX).toWellFormed()}…`
}

/**
 * At most so many of them. Where some are cut, the last one counts them, and is final if one of them is: a
 * refusal never looks retryable because its final reason was cut.
 */
export function bounded(violations: readonly Violation[], most = VIOLATIONS_MAX): readonly Violation[] {
  if (violations.length <= most) return violations
  const cut = violations.slice(most - 1)
  const example = cut.find((one) => !one.retryable) ?? cut[0]
  if (example === undefined) return violations
  const summary = { ...example, write: null, table: null, column: null, path: null }
  return [
    ...violations.slice(0, most - 1),
    { ...summary, message: `There are ${cut.length} more reasons, which are not listed` },
  ]
}
