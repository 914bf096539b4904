/** Resolvers of the generated part: every mutation but `transact` is one entity write, and its answer the payload. */

import type { MapSet, TableMap } from '../../../maps/model.ts'
import type { Coordinator } from '../../coordinator/coordinator.ts'
import type { EntityOutcome, EntityWrite, Sync } from '../../sync/write.ts'
import type { GraphContext } from '../context.ts'
import { entityNames, OPERATIONS, operationName } from './names.ts'
import { readSyncState } from './sync-state.ts'
import { transactResolver } from './transact.ts'
import { writtenTransaction } from './transaction-view.ts'
import { writableMaps } from './writable.ts'
import { type WriteOptionsInput, writeOptions } from './write-types.ts'
import { existsAfter } from './written-record.ts'

type Resolver<Source, Arguments> = (source: Source, given: Arguments, context: GraphContext) => unknown
export type ResolverMap = Record<string, Record<string, Resolver<never, never>>>

interface WriteArguments {
  readonly id?: string
  readonly input?: Readonly<Record<string, unknown>>
  readonly options?: WriteOptionsInput | null
}

interface EntityReference {
  readonly id: string
}

interface Answered {
  readonly write: EntityWrite
  readonly outcome: EntityOutcome
}

export interface EntityPorts {
  readonly sync: Sync
  readonly coordinator: Coordinator
}

export function entityResolvers(mapSet: MapSet, ports: EntityPorts): ResolverMap {
  const written = writableMaps(mapSet)
  const fields = mapSet.maps.map((map) => [map.entity, entityFieldResolvers(map, ports)] as const)
  const payloads = written.map((map) => [entityNames(map).payload, payloadResolvers(map, ports)] as const)
  const mutations = written.flatMap((map) => Object.entries(mutationResolvers(map, ports)))
  const transact = transactResolver(written, ports)
  return { ...Object.fromEntries([...fields, ...payloads]), Mutation: { ...Object.fromEntries(mutations), transact } }
}

function entityFieldResolvers(map: TableMap, { coordinator }: EntityPorts) {
  return {
    __resolveReference: ({ id }: EntityReference) => ({ id }),
    sync: ({ id }: EntityReference, _: unknown, { records }: GraphContext) =>
      readSyncState(map, id, records, coordinator),
  }
}

function payloadResolvers(map: TableMap, { coordinator }: EntityPorts) {
  return {
    [entityNames(map).field]: async ({ write, outcome }: Answered, _: unknown, { records }: GraphContext) =>
      outcome.id !== null && (await existsAfter(map, write, outcome, records)) ? { id: outcome.id } : null,
    id: ({ outcome }: Answered) => outcome.id,
    transaction: ({ write, outcome }: Answered) =>
      writtenTransaction(outcome.transaction, write.options.dryRun, coordinator),
    errors: ({ outcome }: Answered) => outcome.errors,
  }
}

function mutationResolvers({ entity }: TableMap, { sync }: EntityPorts) {
  const mutation =
    (operation: EntityWrite['operation']) =>
    async (_: unknown, { id, input, options }: WriteArguments, { actor }: GraphContext): Promise<Answered> => {
      const write = { entity, operation, id: id ?? null, input: input ?? {}, actor, options: writeOptions(options) }
      return { write, outcome: await sync.write(write) }
    }
  return Object.fromEntries(OPERATIONS.map((operation) => [operationName(operation, entity), mutation(operation)]))
}
