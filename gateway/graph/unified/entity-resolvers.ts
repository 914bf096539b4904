/** Resolvers of the generated part: every mutation is one entity write, and its answer the payload. */

import type { MapSet, TableMap } from '../../../maps/model.ts'
import type { TransactionView, WriteOptions } from '../../../schema/participant.ts'
import type { Coordinator } from '../../coordinator/coordinator.ts'
import type { EntityOutcome, EntityWrite, Sync } from '../../sync/write.ts'
import type { GraphContext } from '../context.ts'
import { entityNames } from './names.ts'
import { readSyncState } from './sync-state.ts'
import { transactionObject } from './transaction-view.ts'
import { existsAfter } from './written-record.ts'

type Resolver<Source, Arguments> = (source: Source, given: Arguments, context: GraphContext) => unknown
export type ResolverMap = Record<string, Record<string, Resolver<never, never>>>

interface WriteArguments {
  readonly id?: string
  readonly input?: Readonly<Record<string, unknown>>
  readonly options?: { readonly [Name in keyof WriteOptions]?: WriteOptions[Name] | null } | null
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
  const types = mapSet.maps.flatMap((map): [string, ResolverMap[string]][] => [
    [map.entity, stubResolvers(map, ports)],
    [entityNames(map).payload, payloadResolvers(map, ports)],
  ])
  const mutations = mapSet.maps.flatMap((map) => Object.entries(mutationResolvers(map, ports)))
  return { ...Object.fromEntries(types), Mutation: Object.fromEntries(mutations) }
}

function stubResolvers(map: TableMap, { coordinator }: EntityPorts) {
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
    transaction: ({ write, outcome: { transaction } }: Answered) => {
      if (transaction === null) return null
      // A dry run leaves no row: its view is all there is.
      if (write.options.dryRun) return transactionObject(transaction)
      let kept: Promise<TransactionView | null> | undefined
      return transactionObject(transaction, () => {
        kept ??= coordinator.transaction(transaction.id)
        return kept
      })
    },
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
  return {
    [`create${entity}`]: mutation('CREATE'),
    [`update${entity}`]: mutation('UPDATE'),
    [`upsert${entity}`]: mutation('UPSERT'),
    [`delete${entity}`]: mutation('DELETE'),
  }
}

function writeOptions(given: WriteArguments['options']): WriteOptions {
  return {
    idempotencyKey: given?.idempotencyKey ?? null,
    expectedRevision: given?.expectedRevision ?? null,
    timeoutMs: given?.timeoutMs ?? null,
    dryRun: given?.dryRun ?? false,
  }
}
