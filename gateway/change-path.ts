/** How every gateway comes by its changes, wherever its systems are: the change stream, and a relay that fills it. */

import { join } from 'node:path'
import type { MapSet } from '../maps/model.ts'
import { unusableStore } from '../schema/process/start-error.ts'
import type { Outbox } from './changes/relay/outbox.ts'
import { publication } from './changes/relay/publication.ts'
import { startRelay } from './changes/relay/relay.ts'
import type { ChangeStream } from './changes/stream/stream.ts'
import { clockOf } from './environment.ts'
import { openSqliteChangeStream } from './stores/sqlite/change-stream.ts'
import type { GatewayParts } from './write-path.ts'

export interface ChangePath {
  readonly changes: ChangeStream
}

export interface ChangeSources {
  readonly mapSet: MapSet
  /** One for each system. */
  readonly outboxes: readonly Outbox[]
  /** No other process can have a relay of this stream. */
  readonly isAlone: boolean
}

const FILE = 'gateway.sqlite'

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
  const file = join(config.dataDirectory, FILE)
  const changes = await openSqliteChangeStream({ file, clock }).catch((error: unknown) => {
    throw unusableStore(error, file)
  })
  opened.defer(() => changes.close())
  const keep = { ageMsMax: config.changesKeepMs, bytesMax: config.changesKeepBytes }
  const relay = startRelay({
    ...{ stream: changes, outboxes, isAlone, clock, keep, log: log.child({ part: 'changes' }) },
    publication: (transaction) => publication(mapSet, transaction),
  })
  opened.defer(() => relay.stop())
  return { changes }
}
