/**
 * What the coordinator is given from outside: time, randomness, a log, its settings. Tests pass their own.
 */

export interface Clock {
  /** Milliseconds since the Unix epoch, UTC. */
  now(): number
  /** Milliseconds since some moment of this process: for how long something takes, whoever sets the time meanwhile. */
  elapsed(): number
  /** Runs once after `ms`; the answer cancels it, also when it has run already. */
  after(ms: number, run: () => void): () => void
  /** Runs once, at the end of the present turn of the event loop. */
  soon(run: () => void): void
}

export interface Randomness {
  bytes(size: number): Uint8Array
  /** From 0 up to, not including, 1. */
  fraction(): number
}

type Line = (fields: object, message: string) => void

/** The part of a pino logger that is used here. Every line about a transaction carries its `transactionId`. */
export interface Log {
  readonly debug: Line
  readonly info: Line
  readonly warn: Line
  readonly error: Line
}

export interface CoordinatorSettings {
  /** Idempotency keys of one tenant never meet those of another. */
  readonly tenant: string
  /** No request waits longer, whatever it asks for. */
  readonly maxTimeoutMs: number
  /** Attempts of one request, the first included. */
  readonly attemptsMax: number
  /** Longest pause before the second attempt; it doubles with each one, at most to 32 times this. */
  readonly lockBackoffMs: number
  /** Requests under way at once; one more is refused `OVERLOADED`. */
  readonly inFlightMax: number
}
