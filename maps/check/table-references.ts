/** The references among the tables of one system, and what is part of what. */

import type { Column, ReferenceTarget, TableDefinition } from '../../schema/table.ts'
import { type Fault, suggest, unknownColumn } from '../faults.ts'
import { tellingColumn } from '../field-columns.ts'
import type { LoadedTable } from '../read.ts'

type Tables = ReadonlyMap<string, TableDefinition>

export function checkTableReferences(table: LoadedTable, tables: Tables): readonly Fault[] {
  return [
    ...Object.values(table.definition.columns).flatMap((column) => [
      ...column.references.flatMap((target) => targetFaults(table, column, target, tables)),
      ...tellingFaults(table, column),
    ]),
    ...partFaults(table, tables),
  ]
}

function targetFaults(
  { definition, source }: LoadedTable,
  column: Column,
  { table, when }: ReferenceTarget,
  tables: Tables,
): readonly Fault[] {
  const path = ['columns', column.name, 'references', ...(when === null ? [] : ['tables', String(when.value)])]
  const target = tables.get(table)
  if (target === undefined) {
    const message = `The ${definition.system} has no table "${table}".`
    return [source.fault(path, `${message}${suggest(table, tables.keys())}`)]
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

/** The column that tells the tables apart: an enum, each of whose values means one of them. */
function tellingFaults({ definition, source }: LoadedTable, column: Column): readonly Fault[] {
  const by = tellingColumn(column)
  if (by === null) return []
  const path = ['columns', column.name, 'references']
  const telling = definition.columns[by]
  if (telling === undefined) return [source.fault([...path, 'by'], unknownColumn(definition, by))]
  if (telling.values === null) {
    return [source.fault([...path, 'by'], `"${by}" is ${telling.type}: only an enum tells tables apart`)]
  }
  if (telling.computed !== column.computed) {
    return [source.fault([...path, 'by'], `"${by}" and "${column.name}" are either both computed or both written`)]
  }
  const { values } = telling
  const meant = column.references.flatMap(({ when }) => when?.value ?? [])
  const strange = meant
    .filter((value) => !values.includes(value))
    .map((value) => source.faultAtKey([...path, 'tables', String(value)], `"${value}" is no value of ${by}`))
  const missing = values.filter((value) => !meant.includes(value))
  if (missing.length === 0) return strange
  return [...strange, source.fault([...path, 'tables'], `No table is named for ${missing.join(', ')} of ${by}`)]
}

/** A part's key is that of its whole and one column more. */
function partFaults({ definition, source }: LoadedTable, tables: Tables): readonly Fault[] {
  const { partOf, key, company, scope } = definition
  if (partOf === null) return []
  const path = ['partOf']
  const column = definition.columns[partOf]
  if (column === undefined) return [source.fault(path, unknownColumn(definition, partOf))]
  if (!key.includes(partOf) || partOf === company) {
    return [source.fault(path, `"${partOf}" must be a key column, and not the company`)]
  }
  const [target, ...others] = column.references
  if (target === undefined || others.length > 0) {
    return [source.fault(path, `"${partOf}" must refer to one table, which holds the wholes`)]
  }
  const whole = tables.get(target.table)
  if (whole === undefined) return []
  const named = key.slice(0, -1)
  const expected = company === null ? [partOf] : [company, partOf]
  const isNamed = named.length === expected.length && expected.every((name, at) => named[at] === name)
  if (isNamed && whole.scope === scope && whole.key.length === named.length) return []
  return [
    source.fault(['key'], `The key of a part is that of its whole, which is in ${whole.table}, and one column more`),
  ]
}
