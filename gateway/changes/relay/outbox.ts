/** One system's commits in the order of their sequence, as the relay reads them. Only what is forced is ever seen. */

import type { TransactionRow } from '../../../schema/participant.ts'
import type { System } from '../../../schema/record.ts'

export interface Outbox {
  readonly system: System
  /**
   * Committed rows with a greater sequence, ascending, none left out, at most `limit`, and fewer where they are large: only
   * an empty page says that there are no more. Rejects where the system does not answer.
   */
  read(after: number, limit: number): Promise<readonly TransactionRow[]>
  /** The sequence of the last commit, 0 for none. Rejects where the system does not answer. */
  last(): Promise<number>
  /**
   * Resolves when commits after the sequence may be there: at once for a commit of this process, otherwise after a short
   * while; a read tells. Rejects with the signal's reason when that is aborted.
   */
  waitBeyond(sequence: number, signal: AbortSignal): Promise<void>
}
