/** The feed of one process: its subscribers, and what they share. */

import type { Clock, Log } from '../../coordinator/environment.ts'
import { createTrouble } from '../trouble.ts'
import { Audiences } from './audience.ts'
import type { Feed, FeedRequest, Work } from './feed.ts'
import { FEED_LIMITS, type FeedLimits } from './limits.ts'
import { readFeedPage } from './page.ts'
import type { Published } from './published.ts'
import { pageLimits, type ReadableStream } from './reading.ts'
import { SharedPages } from './shared-pages.ts'
import { SharedReader } from './shared-reader.ts'
import type { SnapshotSource } from './snapshot-source.ts'
import { Subscription } from './subscription.ts'

export interface FeedOptions {
  readonly stream: ReadableStream
  readonly source: SnapshotSource
  readonly published: Published
  readonly clock: Pick<Clock, 'elapsed' | 'after' | 'soon'>
  readonly log: Pick<Log, 'info' | 'warn'>
  /** What is left out is as in FEED_LIMITS. */
  readonly limits?: Partial<FeedLimits>
}

/** What the subscribers of a feed cost at the moment. */
export interface FeedLoad {
  readonly subscribers: number
  /** Those who are served by the shared reader. */
  readonly live: number
  /** Filters that are judged. */
  readonly filters: number
  /** What waits to be taken, and the bytes of it. */
  readonly messages: number
  readonly bytes: number
}

export interface OpenFeed extends Feed {
  load(): FeedLoad
}

/** Does nothing while nobody subscribes, and needs no end of its own: it ends with its subscribers. */
export function createFeed({ limits: given, ...parts }: FeedOptions): OpenFeed {
  const limits = { ...FEED_LIMITS, ...given }
  const audiences = new Audiences()
  const subscriptions = new Set<Pick<Subscription<unknown>, 'waiting' | 'isLive'>>()
  const options = {
    ...parts,
    limits,
    trouble: createTrouble('read the changes for those who go through them by themselves', parts),
    pages: new SharedPages(parts.stream, pageLimits(limits)),
    reader: new SharedReader({ ...parts, limits: pageLimits(limits) }),
  }

  return {
    open<Made>(request: FeedRequest, signal: AbortSignal, work: Work<Made>) {
      const subscription: Subscription<Made> = new Subscription(
        {
          ...options,
          enter() {
            subscriptions.add(subscription)
            return audiences.enter(request.filter)
          },
          leave(audience) {
            subscriptions.delete(subscription)
            audiences.leave(audience)
          },
        },
        request,
        work,
        signal,
      )
      return subscription
    },
    page: (request, first) => readFeedPage(options, request, first),
    load() {
      const waiting = [...subscriptions].map((subscription) => subscription.waiting)
      return {
        subscribers: subscriptions.size,
        live: [...subscriptions].filter(({ isLive }) => isLive).length,
        filters: audiences.size,
        messages: waiting.reduce((sum, { messages }) => sum + messages, 0),
        bytes: waiting.reduce((sum, { bytes }) => sum + bytes, 0),
      }
    },
  }
}
