/** How a native table appears in its system's own API: under its own name, with its columns as they are called. */

import type { System, Value } from '../../../schema/participant.ts'
import type { Column, TableDefinition } from '../../../schema/table.ts'
import { canonical } from '../../../schema/value.ts'
import { type ListField, type Listing, listing } from './listing.ts'

export interface NativeTable {
  readonly table: TableDefinition
  /** What its types and mutations are called after: the table's name with a capital. */
  readonly prefix: string
  readonly columns: readonly NativeColumn[]
  readonly references: readonly NativeReference[]
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

/** A field `<column>_record` that leads to the record which the column names. */
export interface NativeReference {
  readonly name: string
  readonly column: string
  readonly target: TableDefinition
}

const NAME = /^(?!__)[A-Za-z_]\w*$/
const RESERVED = new Set(['true', 'false', 'null'])

export function nativeTables(system: System, tables: readonly TableDefinition[]): readonly NativeTable[] {
  const byName = new Map(tables.map((table) => [table.table, table]))
  return tables.map((table) => nativeTable(system, table, byName))
}

function nativeTable(
  system: System,
  table: TableDefinition,
  tables: ReadonlyMap<string, TableDefinition>,
): NativeTable {
  const prefix = capitalised(table.table)
  const columns = Object.values(table.columns).map((column) => nativeColumn(prefix, table, column, system))
  const free = (name: string) => (Object.hasOwn(table.columns, name) ? `_${name}` : name)
  return {
    table,
    prefix,
    columns,
    references: columns.flatMap(({ column }) => {
      const target = column.references === null ? undefined : tables.get(column.references)
      const name = `${column.name}_record`
      return target === undefined || Object.hasOwn(table.columns, name) ? [] : [{ name, column: column.name, target }]
    }),
    listing: listing({ prefix, node: table.table, table, scope: null, fields: columns.flatMap(listField) }),
    revisionField: free('revision'),
    updatedAtField: free('updatedAt'),
  }
}

function nativeColumn(prefix: string, table: TableDefinition, column: Column, system: System): NativeColumn {
  const enumValues = enumValuesOf(column)
  return {
    column,
    isKey: table.key.includes(column.name),
    type: enumValues === null ? scalarOf(column) : `${prefix}${capitalised(column.name)}`,
    description: column.description ?? `${column.name} of ${table.table} in the ${system}.`,
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
  switch (type) {
    case 'string':
      return 'String'
    case 'integer':
      return 'Int'
    case 'decimal':
      return 'Decimal'
    case 'boolean':
      return 'Boolean'
    case 'date':
      return 'Date'
    case 'dateTime':
      return 'DateTime'
    case 'guid':
      return 'ID'
    case 'json':
      return 'JSON'
    case 'enum':
      return typeof values?.[0] === 'number' ? 'Int' : 'String'
  }
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
      columns: [column.name],
      orderName: column.name,
      operand: (value: Value) => {
        const form = canonical(searched, value)
        return form.ok ? { ok: true, values: [form.value] } : form
      },
    },
  ]
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
