/** Table definitions by themselves, and the references among the tables of one system. */

import type { Column, TableDefinition } from '../../schema/table.ts'
import { canonical } from '../../schema/value.ts'
import { type Fault, suggest } from '../faults.ts'
import type { LoadedTable } from '../read.ts'

/** Every fault in the tables of one system. */
export function checkTables(tables: readonly LoadedTable[]): readonly Fault[] {
  const byName = new Map(tables.toReversed().map(({ definition }) => [definition.table, definition]))
  return tables.flatMap((table) => [
    ...nameFaults(table, tables),
    ...keyFaults(table),
    ...companyFaults(table),
    ...uniqueFaults(table),
    ...Object.values(table.definition.columns).flatMap((column) => [
      ...shapeFaults(table, column),
      ...defaultFaults(table, column),
      ...referenceFaults(table, column, byName),
    ]),
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
    if (column.type === 'json' || column.generated) {
      faults.push(source.fault(path, `Key column "${name}" cannot be ${column.generated ? 'generated' : 'json'}`))
    }
    if (!column.required) {
      faults.push(source.faultAtKey(['columns', name], `Key column "${name}" must be required`))
    }
    return faults
  })
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
      return column.type === 'json' ? [source.fault(path, `"${name}" is json, which cannot be unique`)] : []
    }),
  )
}

/** What goes with each type and what does not. */
function shapeFaults({ source }: LoadedTable, column: Column): readonly Fault[] {
  const { name, type, maxLength, precision, scale, values } = column
  const path = ['columns', name]
  const faults: Fault[] = []
  const foreign = (property: string, isGiven: boolean, owner: string) => {
    if (isGiven && type !== owner) {
      faults.push(source.faultAtKey([...path, property], `"${property}" is for ${owner} columns`))
    }
  }
  foreign('maxLength', maxLength !== null, 'string')
  foreign('precision', precision !== null, 'decimal')
  foreign('scale', scale !== null, 'decimal')
  foreign('values', values !== null, 'enum')
  foreign('generated', column.generated, 'guid')
  if (type === 'decimal' && (precision === null || scale === null)) {
    faults.push(source.faultAtKey(path, `Decimal column "${name}" needs precision and scale`))
  }
  if (precision !== null && scale !== null && scale > precision) {
    faults.push(source.fault([...path, 'scale'], `The scale exceeds the precision, which is ${precision}`))
  }
  if (type === 'enum' && values === null) faults.push(source.faultAtKey(path, `Enum column "${name}" needs values`))
  if (new Set(values?.map((value) => typeof value)).size > 1) {
    faults.push(source.fault([...path, 'values'], 'The values of an enum are all names or all whole numbers'))
  }
  values?.forEach((value, index) => {
    if (values.indexOf(value) < index) faults.push(source.fault([...path, 'values', index], `${value} is there twice`))
  })
  return faults
}

function defaultFaults({ source }: LoadedTable, column: Column): readonly Fault[] {
  if (column.default === undefined) return []
  const path = ['columns', column.name, 'default']
  if (column.generated) return [source.fault(path, 'A generated column takes no default')]
  const fitting = canonical(column, column.default)
  return fitting.ok ? [] : [source.fault(path, fitting.message)]
}

function referenceFaults(
  { definition, source }: LoadedTable,
  column: Column,
  tables: ReadonlyMap<string, TableDefinition>,
): readonly Fault[] {
  if (column.references === null) return []
  const path = ['columns', column.name, 'references']
  const target = tables.get(column.references)
  if (target === undefined) {
    const message = `The ${definition.system} has no table "${column.references}".`
    return [source.fault(path, `${message}${suggest(column.references, tables.keys())}`)]
  }
  if (target.scope === 'company' && definition.scope === 'global') {
    return [source.fault(path, `A global record has no company to find one of ${target.table} by`)]
  }
  const [name, ...others] = target.key.filter((key) => key !== target.company)
  const key = name === undefined ? undefined : target.columns[name]
  if (others.length > 0 || key === undefined) {
    return [source.fault(path, `${target.table} has no one key column besides the company to refer to it by`)]
  }
  if (key.type === column.type) return []
  return [source.fault(path, `${target.table}.${key.name} is ${key.type}, and this is ${column.type}`)]
}

function unknownColumn(table: TableDefinition, name: string): string {
  return `${table.table} has no column "${name}".${suggest(name, Object.keys(table.columns))}`
}
