/** How a native table appears in its system's own API: under its own name, with its columns as they are called. */

import { SCALAR_NAMES } from '../../../maps/graphql.ts'
import type { System, Value } from '../../../schema/record.ts'
import type { Column, TableDefinition } from '../../../schema/table.ts'
import { canonical } from '../../../schema/value.ts'
import { type ListField, type Listing, listing } from './listing.ts'
import {
  capitalised,
  clearOf,
  listTargets,
  type NativeReference,
  type NativeReverse,
  prefixOf,
  referencesOf,
  reversesTo,
} from './native-reference.ts'

export interface NativeTable {
  readonly table: TableDefinition
  /** What its types and mutations are called after: the table's name with a capital. */
  readonly prefix: string
  readonly columns: readonly NativeColumn[]
  readonly references: readonly NativeReference[]
  readonly reverses: readonly NativeReverse[]
  readonly listing: Listing
  /** What the record's revision and time are called, clear of its columns. */
  readonly revisionField: string
  readonly updatedAtField: string
}

export interface NativeColumn {
  readonly column: Column
  readonly isKey: boolean
  /** GraphQL scalar or enum. */
  readonly type: string
  readonly description: string
  /** The names of an enum that GraphQL can spell; null for any other column. */
  readonly enumValues: readonly string[] | null
}

const NAME = /^(?!__)[A-Za-z_]\w*$/
const RESERVED = new Set(['true', 'false', 'null'])

export function nativeTables(system: System, tables: readonly TableDefinition[]): readonly NativeTable[] {
  const byName = new Map(tables.map((table) => [table.table, table]))
  const references = new Map(tables.map((table) => [table, referencesOf(table, byName)]))
  const natives: readonly NativeTable[] = tables.map((table) =>
    nativeTable(system, table, references, (name) => listingOf(natives, name)),
  )
  return natives
}

function listingOf(natives: readonly NativeTable[], name: string): Listing {
  const native = natives.find(({ table }) => table.table === name)
  if (native === undefined) throw new TypeError(`there is no table ${name}`)
  return native.listing
}

function nativeTable(
  system: System,
  table: TableDefinition,
  references: ReadonlyMap<TableDefinition, readonly NativeReference[]>,
  listed: (table: string) => Listing,
): NativeTable {
  const prefix = prefixOf(table)
  const columns = Object.values(table.columns).map((column) => nativeColumn(prefix, table, column, system))
  const own = references.get(table) ?? []
  return {
    table,
    prefix,
    columns,
    references: own,
    reverses: reversesTo(table, references),
    listing: listing({
      prefix,
      node: table.table,
      table,
      scope: null,
      fields: columns.flatMap(listField),
      targets: own.flatMap((reference) => listTargets(reference, listed)),
    }),
    revisionField: clearOf(table, 'revision'),
    updatedAtField: clearOf(table, 'updatedAt'),
  }
}

/** A create takes all that the system does not fill in itself. */
export function creatable({ columns }: NativeTable): readonly NativeColumn[] {
  return columns.filter(({ column }) => !column.generated && !column.computed)
}

/** An update takes what may change; a table of nothing but a key has none. */
export function changeable(native: NativeTable): readonly NativeColumn[] {
  return creatable(native).filter(({ column, isKey }) => !isKey && !column.immutable)
}

function nativeColumn(prefix: string, table: TableDefinition, column: Column, system: System): NativeColumn {
  const enumValues = enumValuesOf(column)
  const description = column.description ?? `${column.name} of ${table.table} in the ${system}.`
  return {
    column,
    isKey: table.key.includes(column.name),
    type: enumValues === null ? scalarOf(column) : `${prefix}${capitalised(column.name)}`,
    description: column.computed ? `${description} Computed by the ${system}: nobody writes it.` : description,
    enumValues,
  }
}

function enumValuesOf(column: Column): readonly string[] | null {
  if (column.type !== 'enum' || column.values === null) return null
  const names = column.values.filter((value) => typeof value === 'string')
  const areNames =
    names.length === column.values.length && names.every((name) => NAME.test(name) && !RESERVED.has(name))
  return areNames ? names : null
}

function scalarOf({ type, values }: Column): string {
  if (type !== 'enum') return SCALAR_NAMES[type]
  return typeof values?.[0] === 'number' ? SCALAR_NAMES.integer : SCALAR_NAMES.string
}

/** Every column but JSON, which has no order and nothing to compare with. */
function listField({ column, type, description, enumValues }: NativeColumn): readonly ListField[] {
  if (column.type === 'json') return []
  // A text to search for may be longer than what the column takes: then nothing is found.
  const searched = { ...column, maxLength: null }
  return [
    {
      name: column.name,
      description,
      type,
      isEnum: enumValues !== null,
      filter: `${type}Filter`,
      columns: [column.name],
      orderName: column.name,
      targets: [],
      operand: (value: Value) => {
        const form = canonical(searched, value)
        return form.ok ? { ok: true, values: [form.value] } : form
      },
    },
  ]
}
