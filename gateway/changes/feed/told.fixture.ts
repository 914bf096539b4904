/** What the tests of the feed say and ask in short. */

import type { TransactionId } from '../../../schema/record.ts'
import type { Change } from '../stream/stream.ts'
import type { ChangeFilter, FeedMessage } from './feed.ts'

export const EVERYTHING: ChangeFilter = {
  entities: null,
  companies: null,
  ids: null,
  operations: null,
  origins: null,
  changedFields: null,
  values: null,
}

export function filterOf(filter: Partial<ChangeFilter>): ChangeFilter {
  return { ...EVERYTHING, ...filter }
}

/** Work that gives every message as it is. */
export function asItIs(message: FeedMessage): Promise<FeedMessage> {
  return Promise.resolve(message)
}

/** An update of the customer `id` in a transaction of its own, unless told otherwise. */
export function changeOf(id: string, change: Partial<Change> = {}): Change {
  return {
    transactionId: `of ${id}` as TransactionId,
    entity: 'Customer',
    id,
    company: 'usmf',
    operation: 'UPDATE',
    origin: 'GRAPH',
    actor: null,
    systems: ['CRM', 'ERP'],
    revision: 2,
    changedFields: ['name'],
    before: { name: 'before' },
    after: { name: 'after' },
    at: 1_700_000_000_000,
    ...change,
  }
}

/** An update of each of the customers. */
export function changes(...ids: readonly string[]): readonly Change[] {
  return ids.map((id) => changeOf(id))
}

/** So many updates, of customers that are numbered from 0. */
export function numbered(count: number): readonly Change[] {
  return changes(...Array.from({ length: count }, (_, index) => `${index}`))
}

/** A message in a word: the id of the record behind what happened to it, or the name of the message. */
export function worded(message: FeedMessage | undefined): string {
  switch (message?.message) {
    case 'Change':
      return message.change.id
    case 'LeftFilter':
      return `left ${message.change.id}`
    case 'SnapshotRow':
      return `row ${message.row.id}`
    case 'StreamOpened':
    case 'Heartbeat':
      return message.message
    case undefined:
      return 'done'
  }
}

/** Pulls so many messages, fewer where the feed ends. */
export async function pulled(feed: AsyncIterator<FeedMessage>, count: number): Promise<readonly FeedMessage[]> {
  const messages: FeedMessage[] = []
  while (messages.length < count) {
    const { done, value } = await feed.next()
    if (done === true) break
    messages.push(value)
  }
  return messages
}

export async function words(feed: AsyncIterator<FeedMessage>, count: number): Promise<readonly string[]> {
  return (await pulled(feed, count)).map(worded)
}
