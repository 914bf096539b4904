/** The composition root of one system: its store, its subgraph and its native API, put together in plain calls. */

import { randomUUIDv7 } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { GraphQLSchema } from 'graphql'
import type { MapSet } from '../../maps/model.ts'
import type { Submit } from '../../schema/native-write.ts'
import type { System } from '../../schema/record.ts'
import type { TableDefinition } from '../../schema/table.ts'
import type { PageLimits } from './graph/connections.ts'
import { createLoaders, type SubgraphContext } from './graph/loaders.ts'
import { localWrites } from './graph/local-write.ts'
import { nativeSchema } from './graph/native.ts'
import type { WriteLimits } from './graph/native-write.ts'
import { type Subgraph, systemSubgraph } from './graph/subgraph.ts'
import type { RecordStore } from './stores/record-store.ts'

export interface SystemOptions {
  readonly system: System
  readonly tables: readonly TableDefinition[]
  readonly mapSet: MapSet
  /** Where native writes to tables that a map names go. */
  readonly submit: Submit
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly limits: PageLimits & WriteLimits & { readonly timeoutDefaultMs: number }
  /** Hears in full what callers are only told the outcome of. */
  readonly onError: (error: unknown, message: string) => void
}

export interface OpenSystem {
  readonly system: System
  readonly participant: RecordStore
  readonly subgraph: Subgraph
  /** The native API. */
  readonly native: GraphQLSchema
  /** What one request needs for this system; the gateway merges those of its systems. */
  readonly context: (actor: string | null) => SubgraphContext
  /** Finishes what was accepted, then closes the store. */
  readonly close: () => Promise<void>
}

/** A system over a store that is open, and is closed with it. */
export function systemOver(store: RecordStore, options: SystemOptions): OpenSystem {
  const { system, tables, mapSet, submit, clock, limits, onError } = options
  const writeLocally = localWrites({
    participant: store,
    tables,
    mapSet: mapSet.id,
    now: clock,
    newId: randomUUIDv7,
    pause,
    timeoutDefaultMs: limits.timeoutDefaultMs,
    onError,
  })
  return {
    system,
    participant: store,
    subgraph: systemSubgraph(mapSet, system, limits),
    native: nativeSchema({ system, mapSet, limits, submit, writeLocally, onError }, tables),
    context: (actor) => ({ actor, [system]: createLoaders(store) }),
    close: () => store.close(),
  }
}
