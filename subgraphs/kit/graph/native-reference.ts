/** How the records of native tables lead to one another: from a column that names records, and back. */

import type { Column, ReferenceTarget, TableDefinition } from '../../../schema/table.ts'
import type { Listing, ListTarget } from './listing.ts'

/** A field that leads to the record which a column names. */
export interface NativeReference {
  readonly name: string
  readonly column: string
  /** The table that it leads to, or the union of several. */
  readonly type: string
  readonly targets: readonly NativeTarget[]
}

/** A table whose records a column names, wholly or where another column has some value. */
export interface NativeTarget {
  readonly table: TableDefinition
  readonly when: ReferenceTarget['when']
  /** The columns that hold a key of the table, in the order of its key. */
  readonly columns: readonly string[]
  /** What a filter of the referring records has its conditions under. */
  readonly filter: string
}

/** A list, on the record that a column names, of the records whose column it is. */
export interface NativeReverse {
  readonly name: string
  readonly from: TableDefinition
  /** Whether they are parts of the record, and may be made together with it. */
  readonly isParts: boolean
  readonly column: string
  readonly target: NativeTarget
}

/** The table's columns that name records, in their order. */
export function referencesOf(
  table: TableDefinition,
  tables: ReadonlyMap<string, TableDefinition>,
): readonly NativeReference[] {
  return Object.values(table.columns).flatMap((column) => {
    const targets = column.references.flatMap((reference) => targetOf(table, column, reference, tables))
    const [first, ...others] = targets
    if (first === undefined) return []
    const type = others.length === 0 ? first.table.table : `${prefixOf(table)}${capitalised(column.name)}Target`
    return [{ name: clearOf(table, `${column.name}_record`), column: column.name, type, targets }]
  })
}

function targetOf(
  table: TableDefinition,
  column: Column,
  { table: name, when }: ReferenceTarget,
  tables: ReadonlyMap<string, TableDefinition>,
): readonly NativeTarget[] {
  const target = tables.get(name)
  if (target === undefined) return []
  const columns = target.key.map((key) => (key === target.company ? table.company : column.name))
  const isNamed = columns.every((one) => one !== null)
  const filter = clearOf(table, `${column.name}_${when === null ? 'record' : name}`)
  return isNamed ? [{ table: target, when, columns: columns.filter((one) => one !== null), filter }] : []
}

/** The lists that lead back to the records of a table. */
export function reversesTo(
  target: TableDefinition,
  references: ReadonlyMap<TableDefinition, readonly NativeReference[]>,
): readonly NativeReverse[] {
  return [...references].flatMap(([from, all]) =>
    all.flatMap(({ column, targets }) =>
      targets
        .filter(({ table }) => table === target)
        .map((one) => {
          const isParts = from.partOf === column
          const name = clearOf(target, isParts ? from.table : `${from.table}_by_${column}`)
          return { name, from, isParts, column, target: one }
        }),
    ),
  )
}

/** Conditions on the records that the column names. */
export function listTargets(
  { column, targets }: NativeReference,
  listed: (table: string) => Listing,
): readonly ListTarget[] {
  return targets.map(({ table, when, columns, filter }) => ({
    name: filter,
    description: `The record of ${table.table} that ${column} names meets these conditions.`,
    columns,
    keys: table.key,
    when,
    listing: () => listed(table.table),
  }))
}

/** The name, told apart from a column of the table that has it. */
export function clearOf(table: TableDefinition, name: string): string {
  return Object.hasOwn(table.columns, name) ? `_${name}` : name
}

/** What a table's types and mutations are called after. */
export function prefixOf({ table }: TableDefinition): string {
  return capitalised(table)
}

export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
