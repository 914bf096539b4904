/** Reading the stream for a subscriber: a page, or the reason why its feed cannot go on. */

import type { ChangeStream, PageLimits, ReadAnswer, ReadFrom } from '../stream/stream.ts'
import { cursorAt } from './cursor.ts'
import { FeedRefused } from './feed.ts'
import type { FeedLimits } from './limits.ts'

export type ReadableStream = Pick<ChangeStream, 'read' | 'waitBeyond'>
export type StreamPage = Extract<ReadAnswer, { read: 'PAGE' }>

/** Rejects with FeedRefused where the position is no longer kept, or never was one. */
export async function readPage(
  stream: Pick<ChangeStream, 'read'>,
  from: ReadFrom,
  limits: PageLimits,
): Promise<StreamPage> {
  const answer = await stream.read({ from, ...limits })
  switch (answer.read) {
    case 'PAGE':
      return answer
    case 'EXPIRED':
      throw new FeedRefused({
        code: 'CURSOR_EXPIRED',
        message: 'Changes after this cursor are no longer kept: take a new snapshot, or go on from the oldest that are',
        cursor: cursorAt(answer.oldest),
      })
    case 'INVALID':
      throw cursorUnknown()
  }
}

export function cursorUnknown(): FeedRefused {
  return cursorInvalid('This is not a cursor of these changes: send one of a message unchanged')
}

export function cursorInvalid(message: string): FeedRefused {
  return new FeedRefused({ code: 'CURSOR_INVALID', message })
}

/** A page that fits into a window. */
export function pageLimits({ windowMessagesMax, windowBytesMax }: FeedLimits): PageLimits {
  return { entriesMax: windowMessagesMax, bytesMax: windowBytesMax }
}
