/** Reading on and on: page by page through what is kept, then whatever comes. */

import type { ChangeStream, PageLimits, Position, ReadAnswer, ReadFrom } from './stream.ts'

export interface FollowOptions extends PageLimits {
  readonly from: ReadFrom
  readonly signal: AbortSignal
}

/**
 * The first page comes at once, with the position where it begins even if it is empty; none after it is empty. Ends
 * when the signal is aborted, and after an answer that is no page. The next page is read only when it is asked for, so
 * that a consumer sets the pace; one that is too slow for the retention is told EXPIRED.
 */
export async function* follow(
  stream: Pick<ChangeStream, 'read' | 'waitBeyond'>,
  { from, entriesMax, bytesMax, signal }: FollowOptions,
): AsyncGenerator<ReadAnswer, void, void> {
  let answer = await stream.read({ from, entriesMax, bytesMax })
  yield answer
  while (answer.read === 'PAGE' && !signal.aborted) {
    if (!answer.hasMore && !(await hasWaited(stream, answer.next, signal))) return
    answer = await stream.read({ from: { after: answer.next }, entriesMax, bytesMax })
    if (answer.read !== 'PAGE' || answer.entries.length > 0) yield answer
  }
}

/** False where the signal ended the wait. */
async function hasWaited(
  stream: Pick<ChangeStream, 'waitBeyond'>,
  position: Position,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await stream.waitBeyond(position, signal)
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}
