/** Calls that travel together and are answered in any order: each carries a number, and so does its answer. */

/** A call with the number that its answer will carry. */
export interface Posted<Call> {
  readonly number: number
  readonly call: Call
}

export type Answered<Result> =
  | { readonly number: number; readonly ok: true; readonly result: Result }
  | { readonly number: number; readonly ok: false; readonly cause: string }
