/** A feed in memory that says what a test tells it to, the very same message to everyone. */

import type { Feed, FeedMessage, FeedPage, FeedRequest, Work } from '../../gateway/changes/feed/feed.ts'
import type { Change } from '../../gateway/changes/stream/stream.ts'
import type { TransactionId } from '../../schema/record.ts'

export interface SampleFeed extends Feed {
  /** What was asked for so far, the oldest first. */
  readonly requests: readonly Omit<FeedRequest, 'snapshot'>[]
  /** Subscribers at present. */
  readonly subscribers: number
  /** Gives the message to all who are subscribed. */
  publish(message: FeedMessage): void
  /** Ends every subscription with the error. */
  fail(error: Error): void
  /** Answers every page from now on. */
  answer(page: () => FeedPage): void
}

interface Subscriber {
  readonly waiting: FeedMessage[]
  failure: Error | null
  wake: () => void
}

export function createSampleFeed(): SampleFeed {
  const requests: Omit<FeedRequest, 'snapshot'>[] = []
  const subscribers = new Set<Subscriber>()
  let pageOf = (): FeedPage => ({ messages: [], cursor: 'end', hasMore: false })

  async function* follow<Made>(signal: AbortSignal, work: Work<Made>): AsyncGenerator<Made> {
    const subscriber: Subscriber = { waiting: [], failure: null, wake: () => {} }
    const abort = () => subscriber.wake()
    subscribers.add(subscriber)
    signal.addEventListener('abort', abort)
    try {
      while (!signal.aborted) {
        const message = subscriber.waiting.shift()
        if (message !== undefined) yield await work(message)
        else if (subscriber.failure !== null) throw subscriber.failure
        else await new Promise<void>((resolve) => Object.assign(subscriber, { wake: resolve }))
      }
    } finally {
      signal.removeEventListener('abort', abort)
      subscribers.delete(subscriber)
    }
  }

  return {
    requests,
    get subscribers() {
      return subscribers.size
    },
    open(request, signal, work) {
      requests.push(request)
      return follow(signal, work)
    },
    async page(request) {
      requests.push(request)
      return pageOf()
    },
    publish(message) {
      for (const subscriber of subscribers) {
        subscriber.waiting.push(message)
        subscriber.wake()
      }
    },
    fail(error) {
      for (const subscriber of subscribers) {
        subscriber.failure = error
        subscriber.wake()
      }
    },
    answer(page) {
      pageOf = page
    },
  }
}

/** An update of the record, unless told otherwise. */
export function changeOf(entity: string, id: string, given: Partial<Change> = {}): Change {
  return {
    transactionId: 't1' as TransactionId,
    entity,
    id,
    company: 'usmf',
    operation: 'UPDATE',
    origin: 'GRAPH',
    actor: null,
    systems: ['CRM', 'ERP'],
    revision: 2,
    changedFields: ['name'],
    before: { name: 'old' },
    after: { name: 'new' },
    at: 1_000,
    ...given,
  }
}

export function changeMessage(cursor: string, change: Change): FeedMessage {
  return { message: 'Change', cursor, change, entered: false }
}
