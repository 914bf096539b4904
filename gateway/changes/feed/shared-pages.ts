/**
 * Pages for subscribers that read by themselves. Many of them often stand at one place, after a burst or a restart: they
 * share the page, and with its entries the messages and whatever is worked out for each message.
 */

import type { ChangeStream, PageLimits, Position } from '../stream/stream.ts'
import { readPage, type StreamPage } from './reading.ts'

type Reader = Pick<ChangeStream, 'read'>

/** A page is at most a window large. */
const PAGES_KEPT = 8

const KEPT = new WeakMap<Reader, Map<Position, Promise<StreamPage>>>()

/** Rejects as `readPage` does. Pages that more is behind never change, and are kept for those who come next. */
export function sharedPageAfter(stream: Reader, position: Position, limits: PageLimits): Promise<StreamPage> {
  const pages = KEPT.get(stream) ?? new Map<Position, Promise<StreamPage>>()
  KEPT.set(stream, pages)
  const known = pages.get(position)
  if (known !== undefined) return known
  const page = readPage(stream, { after: position }, limits)
  pages.set(position, page)
  const drop = () => {
    if (pages.get(position) === page) pages.delete(position)
  }
  page.then(({ hasMore }) => (hasMore ? undefined : drop()), drop)
  const [oldest] = pages.keys()
  if (pages.size > PAGES_KEPT && oldest !== undefined) pages.delete(oldest)
  return page
}
