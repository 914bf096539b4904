import type { Feed } from '../../gateway/changes/feed/feed.ts'
import { StoreClosed } from '../../schema/process/store-faults.ts'

/** Where no change stream is open: there is a graph, and nothing to follow. */
export const NO_FEED: Feed = {
  open: () => ({
    next: refuse,
    [Symbol.asyncIterator]() {
      return this
    },
  }),
  page: refuse,
}

function refuse(): Promise<never> {
  return Promise.reject(new StoreClosed('no change stream is open'))
}
