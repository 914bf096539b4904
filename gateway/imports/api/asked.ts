/** Answers to what an administrator asks of imports: what was asked for, or everything that is wrong with the asking. */

export type Asked<T> =
  | { readonly ok: true; readonly value: T }
  /** At least one. Nothing has happened. */
  | { readonly ok: false; readonly problems: readonly ImportProblem[] }

export interface ImportProblem {
  readonly code: string
  readonly message: string
  /** Into the arguments, as `["input", "columns", "3", "to"]`. */
  readonly path: readonly string[]
}

export function refused(...problems: readonly ImportProblem[]): Extract<Asked<never>, { ok: false }> {
  return { ok: false, problems }
}

export function problem(code: string, message: string, ...path: readonly string[]): ImportProblem {
  return { code, message, path }
}

export function problemsOf(asked: Asked<unknown>): readonly ImportProblem[] {
  return asked.ok ? [] : asked.problems
}

/** Of what was found wrong with a value, if anything. */
export function checked<T>(value: T, problems: readonly ImportProblem[]): Asked<T> {
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems }
}
