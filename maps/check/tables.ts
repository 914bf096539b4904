/** Table definitions: keys, companies, and what is computed; their columns and references are checked beside. */

import type { Column, TableDefinition } from '../../schema/table.ts'
import { type Fault, unknownColumn } from '../faults.ts'
import type { LoadedTable } from '../read.ts'
import { checkTableColumns } from './table-columns.ts'
import { checkTableReferences } from './table-references.ts'

/** Every fault in the tables of one system. */
export function checkTables(tables: readonly LoadedTable[]): readonly Fault[] {
  const byName = new Map(tables.toReversed().map(({ definition }) => [definition.table, definition]))
  return tables.flatMap((table) => [
    ...nameFaults(table, tables),
    ...keyFaults(table),
    ...companyFaults(table),
    ...uniqueFaults(table),
    ...indexFaults(table),
    ...computationFaults(table, byName),
    ...checkTableColumns(table),
    ...checkTableReferences(table, byName),
  ])
}

function nameFaults({ definition, source }: LoadedTable, tables: readonly LoadedTable[]): readonly Fault[] {
  const first = tables.find((table) => table.definition.table === definition.table)
  if (first === undefined || first.source === source) return []
  return [source.fault(['table'], `Table "${definition.table}" is defined in ${first.source.file} already`)]
}

function keyFaults({ definition, source }: LoadedTable): readonly Fault[] {
  return definition.key.flatMap((name, index) => {
    const path = ['key', index]
    const column = definition.columns[name]
    if (column === undefined) return [source.fault(path, unknownColumn(definition, name))]
    const faults: Fault[] = []
    if (definition.key.indexOf(name) < index) faults.push(source.fault(path, `"${name}" is in the key twice`))
    const nature = unknowable(column)
    if (nature !== null) faults.push(source.fault(path, `Key column "${name}" cannot be ${nature}`))
    if (!column.required) {
      faults.push(source.faultAtKey(['columns', name], `Key column "${name}" must be required`))
    }
    return faults
  })
}

/** Why nobody could find a record by the column; null where one can. */
function unknowable({ type, generated, computed }: Column): string | null {
  if (generated) return 'generated'
  if (computed) return 'computed'
  return type === 'json' ? 'json' : null
}

function companyFaults({ definition, source }: LoadedTable): readonly Fault[] {
  const { scope, company, key } = definition
  if (scope === 'global') {
    return company === null ? [] : [source.fault(['company'], 'A global table has no company column')]
  }
  if (company === null) return [source.fault(['scope'], 'A company-bound table names its company column')]
  if (key[0] === company) return []
  return [source.fault(['company'], `The company column must be the first of the key, which is "${key[0]}"`)]
}

function uniqueFaults({ definition, source }: LoadedTable): readonly Fault[] {
  return definition.unique.flatMap((columns, set) =>
    columns.flatMap((name, index) => {
      const path = ['unique', set, index]
      const column = definition.columns[name]
      if (column === undefined) return [source.fault(path, unknownColumn(definition, name))]
      if (column.type === 'json') return [source.fault(path, `"${name}" is json, which cannot be unique`)]
      return column.computed ? [source.fault(path, `"${name}" is computed, which cannot be unique`)] : []
    }),
  )
}

function indexFaults({ definition, source }: LoadedTable): readonly Fault[] {
  return definition.indexed.flatMap((columns, set) =>
    columns.flatMap((name, index) =>
      definition.columns[name] === undefined
        ? [source.fault(['indexed', set, index], unknownColumn(definition, name))]
        : [],
    ),
  )
}

/** What computes a record's columns is named once, by the table of the whole. */
function computationFaults(
  { definition, source }: LoadedTable,
  tables: ReadonlyMap<string, TableDefinition>,
): readonly Fault[] {
  const { partOf, computations, columns } = definition
  const target = partOf === null ? undefined : columns[partOf]?.references[0]
  const root = target === undefined ? definition : tables.get(target.table)
  if (root === undefined) return []
  if (root !== definition && computations.length > 0) {
    return [source.faultAtKey(['computations'], `What computes a part is named by its whole, ${root.table}`)]
  }
  if (root.computations.length > 0) return []
  return Object.values(columns).flatMap(({ name, computed }) => {
    const message = `"${name}" is computed, and ${root.table} names no computations`
    return computed ? [source.faultAtKey(['columns', name, 'computed'], message)] : []
  })
}
