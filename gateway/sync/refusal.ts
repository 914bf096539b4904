/** What the planner itself refuses, before any system is asked. */

import type { Violation } from '../../schema/participant.ts'

/** A final refusal at `path` in the caller's arguments; `given` names the system that would say no, where one would. */
export function refusal(
  code: Violation['code'],
  message: string,
  path: readonly string[],
  given: Partial<Pick<Violation, 'system' | 'table' | 'column'>> = {},
): Violation {
  return { code, message, system: null, write: null, table: null, column: null, path, retryable: false, ...given }
}
