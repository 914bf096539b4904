/** A feed over a remembered stream and a clock that stands still. */

import { createManualClock, type ManualClock } from '../../../test/coordinator/manual-clock.ts'
import { createFeed, type FeedOptions, type OpenFeed } from './create-feed.ts'
import type { FeedMessage, FeedRequest } from './feed.ts'
import { RememberedStream } from './remembered-stream.fixture.ts'
import { asItIs, EVERYTHING } from './told.fixture.ts'

export interface OpenedFeed {
  readonly feed: OpenFeed
  readonly stream: RememberedStream
  readonly clock: ManualClock
  /** What was logged. */
  readonly warnings: readonly string[]
  /** A subscription from now on to everything, unless told otherwise. */
  open(request?: Partial<FeedRequest>, signal?: AbortSignal): AsyncIterableIterator<FeedMessage>
}

export function openedFeed(options: Partial<FeedOptions> & { readonly stream?: RememberedStream } = {}): OpenedFeed {
  const clock = createManualClock(0)
  const stream = options.stream ?? new RememberedStream()
  const warnings: string[] = []
  const feed = createFeed({
    source: { entities: [], chunk: () => Promise.reject(new Error('There are no records')) },
    published: () => Promise.resolve(),
    clock,
    log: { warn: (_, message) => warnings.push(message), info: () => {} },
    ...options,
    stream,
  })
  return {
    ...{ feed, stream, clock, warnings },
    open: (request, signal = new AbortController().signal) =>
      feed.open({ filter: EVERYTHING, from: 'NEWEST', snapshot: false, ...request }, signal, asItIs),
  }
}

/** Lets everything run that waits for nothing but its turn. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
