/** The stream for those who pull: a page of what matches, after looking through a bounded part of the stream. */

import type { Position, ReadFrom } from '../stream/stream.ts'
import { type ChangeMessage, messageFor } from './audience.ts'
import { cursorAt, placeIn } from './cursor.ts'
import type { FeedPage, FeedRequest } from './feed.ts'
import { type DistinctFilter, distinctFilter } from './filter.ts'
import type { FeedLimits } from './limits.ts'
import { cursorInvalid, cursorUnknown, pageLimits, type ReadableStream, readPage, type StreamPage } from './reading.ts'

interface Found {
  readonly messages: readonly ChangeMessage[]
  /** The end of what was looked through. */
  readonly position: Position
  readonly isFull: boolean
}

/** Rejects with FeedRefused. */
export async function readFeedPage(
  { stream, limits }: { readonly stream: ReadableStream; readonly limits: FeedLimits },
  { filter, from }: Omit<FeedRequest, 'snapshot'>,
  first: number,
): Promise<FeedPage> {
  const distinct = distinctFilter(filter)
  const messages: ChangeMessage[] = []
  let next: ReadFrom = startOf(from)
  for (let entries = 0, bytes = 0; ; ) {
    const page: StreamPage = await readPage(stream, next, pageLimits(limits))
    const found = matchesIn(page, distinct, first - messages.length)
    messages.push(...found.messages)
    entries += page.entries.length
    bytes += page.entries.reduce((sum, entry) => sum + entry.bytes, 0)
    const isEnough = found.isFull || entries >= limits.lookEntriesMax || bytes >= limits.lookBytesMax
    if (isEnough || !page.hasMore) {
      const hasMore = page.hasMore || found.position !== page.next
      return { messages, cursor: cursorAt(found.position), hasMore }
    }
    next = { after: page.next }
  }
}

function matchesIn(page: StreamPage, distinct: DistinctFilter, wanted: number): Found {
  const messages: ChangeMessage[] = []
  let position = page.start
  for (const entry of page.entries) {
    if (messages.length >= wanted) return { messages, position, isFull: true }
    const message = messageFor(distinct, entry, cursorAt)
    if (message !== null) messages.push(message)
    position = entry.position
  }
  return { messages, position, isFull: messages.length >= wanted }
}

function startOf(from: FeedRequest['from']): ReadFrom {
  if (typeof from === 'string') return from
  const place = placeIn(from.after)
  if (place === null) throw cursorUnknown()
  if (place.snapshot === null) return { after: place.position }
  throw cursorInvalid('This cursor is of a snapshot that is not complete: go on with it in a subscription')
}
