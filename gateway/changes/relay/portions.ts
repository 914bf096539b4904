/**
 * What a merge publishes, in portions: each is made only when the one before it is in the stream, so that no more than a
 * few batches are held as changes, however many wait. A transaction is never divided.
 */

import type { TransactionId } from '../../../schema/record.ts'
import type { Change, Progress } from '../stream/stream.ts'
import type { Commit, CommittedTransaction, Merged } from './merge.ts'
import { withCommits } from './reach.ts'

export type Publication = (transaction: CommittedTransaction) => readonly Change[]

/** One append: the changes of some transactions, and what is dealt with when they are in the stream. */
export interface Portion {
  readonly changes: readonly Change[]
  readonly progress: Progress
}

/** No changes can be made of the transaction. `cause` is why. */
export class Unpublishable extends Error {
  readonly transactionId: TransactionId
  /** The transaction is published where this has been dealt with. */
  readonly commit: Pick<Commit, 'system' | 'sequence'>

  constructor({ system, sequence, row }: Commit, cause: unknown) {
    super(`No changes can be made of the transaction ${row.id}`, { cause })
    this.name = 'Unpublishable'
    this.transactionId = row.id
    this.commit = { system, sequence }
  }
}

/** Of the writes that are published in one portion; a larger transaction is one alone. */
const PORTION_BYTES_MAX = 4 * 1_024 * 1_024

/**
 * At least one, the last with all the progress of the merge. Throws {@link Unpublishable} after what comes before such a
 * transaction: nothing is published past it, so that nothing is left out.
 */
export function* portionsOf(
  { transactions, progress: whole }: Merged,
  before: Progress,
  publication: Publication,
): Generator<Portion, void, void> {
  let portion: Change[] = []
  let bytes = 0
  let progress = before
  for (const transaction of transactions) {
    const more = transaction.reduce((sum, commit) => sum + commit.bytes, 0)
    if (bytes > 0 && bytes + more > PORTION_BYTES_MAX) {
      yield { changes: portion, progress }
      portion = []
      bytes = 0
    }
    const changes = changesOf(transaction, publication)
    if (changes instanceof Unpublishable) {
      if (bytes > 0) yield { changes: portion, progress }
      throw changes
    }
    portion = portion.concat(changes)
    bytes += more
    progress = withCommits(progress, transaction)
  }
  yield { changes: portion, progress: whole }
}

function changesOf(transaction: CommittedTransaction, publication: Publication): readonly Change[] | Unpublishable {
  try {
    return publication(transaction)
  } catch (cause) {
    const [first] = transaction
    if (first === undefined) throw cause
    return new Unpublishable(first, cause)
  }
}
