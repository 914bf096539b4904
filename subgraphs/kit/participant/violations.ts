/** Reasons of a refusal, in words that name the table, the column and the limit, and never a store's own message. */

import type { CallerPath, System, Violation, ViolationCode } from '../../../schema/participant.ts'

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

/** A name or key as given by a caller, short enough for a message. */
export function shortened(text: string): string {
  return text.length <= NAME_LENGTH_MAX ? text : `${text.slice(0, NAME_LENGTH_MAX).toWellFormed()}…`
}

/**
 * At most VIOLATIONS_MAX of them. Where some are cut, the last one counts them, and is final if one of them is: a
 * refusal never looks retryable because its final reason was cut.
 */
export function bounded(violations: readonly Violation[]): readonly Violation[] {
  if (violations.length <= VIOLATIONS_MAX) return violations
  const cut = violations.slice(VIOLATIONS_MAX - 1)
  const example = cut.find((one) => !one.retryable) ?? cut[0]
  if (example === undefined) return violations
  const summary = { ...example, write: null, table: null, column: null, path: null }
  return [
    ...violations.slice(0, VIOLATIONS_MAX - 1),
    { ...summary, message: `There are ${cut.length} more reasons, which are not listed` },
  ]
}
