/** The columns of a table by themselves: what goes together, and defaults that fit. */

import type { Column } from '../../schema/table.ts'
import { canonical } from '../../schema/value.ts'
import type { Fault } from '../faults.ts'
import type { LoadedTable } from '../read.ts'

export function checkTableColumns(table: LoadedTable): readonly Fault[] {
  return Object.values(table.definition.columns).flatMap((column) => [
    ...shapeFaults(table, column),
    ...computedFaults(table, column),
    ...defaultFaults(table, column),
  ])
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

/** Others write what is required or immutable, and what is generated is filled once. */
function computedFaults({ source }: LoadedTable, column: Column): readonly Fault[] {
  if (!column.computed) return []
  return (['required', 'immutable', 'generated'] as const)
    .filter((property) => column[property])
    .map((property) => source.faultAtKey(['columns', column.name, property], `"${property}" does not go with computed`))
}

function defaultFaults({ source }: LoadedTable, column: Column): readonly Fault[] {
  if (column.default === undefined) return []
  const path = ['columns', column.name, 'default']
  if (column.generated) return [source.fault(path, 'A generated column takes no default')]
  if (column.computed) return [source.fault(path, 'A computed column takes no default')]
  const fitting = canonical(column, column.default)
  return fitting.ok ? [] : [source.fault(path, fitting.message)]
}
