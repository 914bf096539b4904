/** How every gateway comes by its changes, wherever its systems are: the change stream, a relay that fills it, and its feed. */

import type { MapSet } from '../maps/model.ts'
import type { Dependency } from '../schema/process/http/parts.ts'
import { unusableStore } from '../schema/process/start-error.ts'
import { createFeed } from './changes/feed/create-feed.ts'
import type { Feed } from './changes/feed/feed.ts'
import { FEED_LIMITS } from './changes/feed/limits.ts'
import type { SnapshotSource } from './changes/feed/snapshot-source.ts'
import { changeDependency } from './changes/readiness.ts'
import type { Outbox } from './changes/relay/outbox.ts'
import { publication } from './changes/relay/publication.ts'
import { createPublished } from './changes/relay/published.ts'
import { startRelay } from './changes/relay/relay.ts'
import type { ChangeStream } from './changes/stream/stream.ts'
import { clockOf } from './environment.ts'
import { gatewayFile } from './gateway-file.ts'
import { openSqliteChangeStream } from './stores/sqlite/change-stream.ts'
import type { GatewayParts } from './write-path.ts'

export interface ChangePath {
  readonly changes: ChangeStream
  /** Not every subscription can be served without it. */
  readonly dependency: Dependency
  /** What subscribers see of it. The records of a snapshot are read from the given source. */
  readonly feed: (source: SnapshotSource) => Feed
}

export interface ChangeSources {
  readonly mapSet: MapSet
  /** One for each system. */
  readonly outboxes: readonly Outbox[]
  /** No other process can have a relay of this stream. */
  readonly isAlone: boolean
}

/** Milliseconds between two looks for what others append: alone, there is only what was appended and not answered. */
const LOOK_EVERY_MS = { alone: 1_000, amongOthers: 50 } as const

/**
 * A new stream begins with all that the systems have ever committed. At the end the relay stops before the stream is
 * closed. Rejects with a StartError for a file that cannot be used.
 */
export async function createChangePath(
  { mapSet, outboxes, isAlone }: ChangeSources,
  parts: GatewayParts,
): Promise<ChangePath> {
  const { config, environment, log, opened } = parts
  const clock = clockOf(environment)
  const file = gatewayFile(config)
  const lookEveryMs = isAlone ? LOOK_EVERY_MS.alone : LOOK_EVERY_MS.amongOthers
  const changes = await openSqliteChangeStream({ file, clock, lookEveryMs }).catch((error: unknown) => {
    throw unusableStore(error, file)
  })
  opened.defer(() => changes.close())
  const keep = { ageMsMax: config.changesKeepMs, bytesMax: config.changesKeepBytes }
  const relay = startRelay({
    ...{ stream: changes, outboxes, isAlone, clock, keep, log: log.child({ part: 'changes' }) },
    publication: (transaction) => publication(mapSet, transaction),
  })
  opened.defer(() => relay.stop())
  const published = createPublished({ stream: changes, outboxes, clock, withinMs: FEED_LIMITS.publishedWithinMs })
  return {
    changes,
    dependency: changeDependency(changes, relay),
    feed: (source) =>
      createFeed({
        ...{ stream: changes, source, published, clock, log: log.child({ part: 'feed' }) },
        limits: { slowAfterMs: config.subscriberSlowMs },
      }),
  }
}
