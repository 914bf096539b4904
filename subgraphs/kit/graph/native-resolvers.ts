/** Resolvers of a system's native API, by type and field. */

import type { GraphQLFieldResolver } from 'graphql'
import type { MapSet } from '../../../maps/model.ts'
import type { NativeOutcome, NativeWrite, Submit } from '../../../schema/native-write.ts'
import type { System, Value } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { StoredRecord } from '../stores/record-store.ts'
import { type ConnectionArguments, connect, type PageLimits } from './connections.ts'
import { loadersOf, type SubgraphContext } from './loaders.ts'
import type { NativeReference, NativeReverse } from './native-reference.ts'
import type { NativeTable } from './native-table.ts'
import { keyGiven, nativeWrite, payloadOf, type WriteLimits } from './native-write.ts'

export interface NativeParts {
  readonly system: System
  readonly mapSet: MapSet
  readonly limits: PageLimits & WriteLimits
  /** Where a write to a table that a map names goes. */
  readonly submit: Submit
  /** Where any other write goes. */
  readonly writeLocally: Submit
  readonly onError: (error: unknown, message: string) => void
}

type Given = Readonly<Record<string, unknown>>
/** A record as its fields are read: columns by name. Its table's name tells it in a union. */
type RecordSource = Readonly<Record<string, Value>>
type Resolvers = Readonly<Record<string, GraphQLFieldResolver<RecordSource, SubgraphContext>>>

export function nativeResolvers(
  parts: NativeParts,
  tables: readonly NativeTable[],
): Readonly<Record<string, Resolvers>> {
  const byName = new Map(tables.map((native) => [native.table.table, native]))
  const records = tables.map((native): [string, Resolvers] => [
    native.table.table,
    Object.fromEntries([
      ...native.references.map((one) => [one.name, referenceResolver(parts, one, byName)]),
      ...native.reverses.map((one) => [one.name, reverseResolver(parts, native, one, byName)]),
    ]),
  ])
  return {
    ...Object.fromEntries(records),
    Query: Object.assign({}, ...tables.map((native) => queries(parts, native))),
    Mutation: Object.assign({}, ...tables.map((native) => mutations(parts, native))),
  }
}

function queries({ system, limits }: NativeParts, native: NativeTable): Resolvers {
  const { table, listing } = native
  return {
    [table.table]: (_root, given: ConnectionArguments, context) =>
      connect({
        coordinate: `${system}.${table.table}`,
        listing,
        arguments: given,
        limits,
        loaders: loadersOf(context, system),
        node: (record) => recordSource(native, record),
        group: null,
      }),
    [`${table.table}ByKey`]: async (_root, given: Given, context) => {
      const record = await loadersOf(context, system).record(table.table, keyGiven(table, given))
      return record === null ? null : recordSource(native, record)
    },
  }
}

function mutations(parts: NativeParts, native: NativeTable): Resolvers {
  const { system, limits } = parts
  const { table, prefix, reverses } = native
  const nested = reverses.filter(({ isParts }) => isParts).map(({ name, from }) => ({ name, table: from.table }))
  const resolver =
    (operation: NativeWrite['operation']): Resolvers[string] =>
    async (_root, given: Given, context) => {
      const outcome = await write(parts, nativeWrite(table, nested, operation, given, context.actor, limits))
      return payloadOf(outcome, async (key) => {
        const record = await loadersOf(context, system).record(table.table, key)
        return record === null ? null : recordSource(native, record)
      })
    }
  return {
    [`create${prefix}`]: resolver('CREATE'),
    [`update${prefix}`]: resolver('UPDATE'),
    [`delete${prefix}`]: resolver('DELETE'),
  }
}

async function write(
  { mapSet, submit, writeLocally, onError }: NativeParts,
  asked: NativeWrite,
): Promise<NativeOutcome> {
  const { system, table, key } = asked
  if (mapSet.byTable(system, table).length === 0) return await writeLocally(asked)
  try {
    return await submit(asked)
  } catch (error) {
    onError(error, 'no gateway answered a native write')
    const message = `${table} is shared with the other system, and no gateway answers; nothing was written`
    const code = 'SYSTEM_UNAVAILABLE'
    return {
      key,
      transaction: null,
      errors: [{ code, message, path: [], system, table, column: null, retryable: true }],
    }
  }
}

function referenceResolver(
  { system }: NativeParts,
  { column, targets }: NativeReference,
  tables: ReadonlyMap<string, NativeTable>,
): Resolvers[string] {
  return async (source, _given, context) => {
    const target = targets.find(({ when }) => when === null || source[when.column] === when.value)
    const native = target === undefined ? undefined : tables.get(target.table.table)
    if (target === undefined || native === undefined || (source[column] ?? null) === null) return null
    const key = recordKey(target.columns.map((name) => source[name] ?? null))
    const record = await loadersOf(context, system).record(target.table.table, key)
    return record === null ? null : recordSource(native, record)
  }
}

function reverseResolver(
  { system, limits }: NativeParts,
  { table }: NativeTable,
  { name, from, target }: NativeReverse,
  tables: ReadonlyMap<string, NativeTable>,
): Resolvers[string] {
  const referring = tables.get(from.table)
  if (referring === undefined) throw new TypeError(`there is no table ${from.table}`)
  const { when, columns } = target
  return (source, given: ConnectionArguments, context) =>
    connect({
      coordinate: `${system}.${table.table}.${name}`,
      listing: referring.listing,
      arguments: given,
      limits,
      loaders: loadersOf(context, system),
      node: (record) => recordSource(referring, record),
      group: {
        columns: [...columns, ...(when === null ? [] : [when.column])],
        values: [...table.key.map((key) => source[key] ?? null), ...(when === null ? [] : [when.value])],
      },
    })
}

function recordSource({ table, revisionField, updatedAtField }: NativeTable, record: StoredRecord): RecordSource {
  return {
    ...record.row,
    __typename: table.table,
    [revisionField]: record.version.revision,
    [updatedAtField]: new Date(record.updatedAt).toISOString(),
  }
}
