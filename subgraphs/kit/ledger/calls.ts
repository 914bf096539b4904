/** What a writer is asked and answers. Each call carries a number, and so does its answer. */

import type {
  DrawRequest,
  FenceAnswer,
  FenceRequest,
  PrepareRequest,
  TransactionId,
  Vote,
} from '../../../schema/participant.ts'

/** Since the start. */
export interface Statistics {
  readonly forces: number
  readonly prepared: number
  readonly committed: number
  readonly lastCommitted: TransactionId | null
}

export type WriterCall =
  | { readonly call: 'PREPARE'; readonly request: PrepareRequest }
  | { readonly call: 'COMMIT'; readonly id: TransactionId }
  | { readonly call: 'ABORT'; readonly id: TransactionId }
  | { readonly call: 'FENCE'; readonly request: FenceRequest }
  | { readonly call: 'DRAW'; readonly request: DrawRequest }
  | { readonly call: 'STATISTICS' }

export interface WriterResults {
  readonly PREPARE: Vote
  readonly COMMIT: null
  readonly ABORT: null
  readonly FENCE: FenceAnswer
  readonly DRAW: number
  readonly STATISTICS: Statistics
}

/** A call with the number that its answer will carry. */
export interface Posted<Call> {
  readonly number: number
  readonly call: Call
}

export type Answered<Result> =
  | { readonly number: number; readonly ok: true; readonly result: Result }
  | { readonly number: number; readonly ok: false; readonly cause: string }
