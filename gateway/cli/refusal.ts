/** Why Lockstep did not do what was asked of it, or could not be asked. */

export interface Reason {
  readonly code: string
  readonly message: string
  /** Into what was asked; empty where nothing of it is meant. */
  readonly path: readonly string[]
}

/** `reasons` has at least one. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly reasons: readonly Reason[]

  constructor(reasons: readonly Reason[]) {
    super(reasons.map(({ message }) => message).join('\n'))
    this.reasons = reasons
  }
}

export function refusal(code: string, message: string): Refusal {
  return new Refusal([{ code, message, path: [] }])
}

/** Nothing answered that speaks Lockstep's API. */
export const UNREACHABLE = 'UNREACHABLE'

export function unreachable(url: string, cause: unknown): Refusal {
  return refusal(UNREACHABLE, `Lockstep does not answer at ${url}: ${saidBy(cause)}`)
}

export function isUnreachable(error: unknown): boolean {
  return error instanceof Refusal && error.reasons.some(({ code }) => code === UNREACHABLE)
}

/** fetch hides what went wrong with a connection in the cause of what it throws, and there in a list of attempts. */
function saidBy(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause !== undefined) return saidBy(error.cause)
  if (error instanceof AggregateError && error.errors.length > 0) return saidBy(error.errors[0])
  return error.message
}
