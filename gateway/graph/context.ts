/** What one request carries through the graph. Every subgraph in this process sees the same object. */

import type { FeedMessage } from '../changes/feed/feed.ts'
import type { Job } from '../imports/job/job.ts'
import type { CheckedSubscription } from './checked-subscription.ts'
import type { RecordLoaders } from './unified/record-loaders.ts'

/**
 * `actor` names who asks. `records` reads committed records for the unified subgraph; whatever else is here belongs to
 * the other subgraphs in this process: a set of loaders for each, made for this request alone.
 */
export interface GraphContext {
  readonly actor: string | null
  readonly records: RecordLoaders
  /** What a subscription to changes is executed for; null in any other operation. */
  readonly message: FeedMessage | null
  /** What a subscription to an import is executed for; null in any other operation. */
  readonly job: Job | null
  /** Takes the operation if it is a subscription; null where no stream can answer it. */
  readonly subscribe: ((subscription: CheckedSubscription) => void) | null
  readonly [part: string]: unknown
}

/** Makes what the subgraphs of this process need for one request. */
export type ContextFor = (actor: string | null) => Readonly<Record<string, unknown>>
