/** What a writer is asked and answers. */

import type {
  CommitRequest,
  DrawRequest,
  FenceAnswer,
  FenceRequest,
  PrepareRequest,
  Vote,
} from '../../../schema/participant.ts'
import type { TransactionId } from '../../../schema/record.ts'

/** Since the start. */
export interface Statistics {
  readonly forces: number
  readonly prepared: number
  readonly committed: number
  readonly lastCommitted: TransactionId | null
}

export type WriterCall =
  | { readonly call: 'PREPARE'; readonly request: PrepareRequest }
  | { readonly call: 'COMMIT'; readonly request: CommitRequest }
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
