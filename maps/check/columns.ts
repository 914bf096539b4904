/** What the map does with each side's columns as a whole: none written twice, none that a create needs left empty. */

import { SYSTEMS, type System } from '../../schema/record.ts'
import type { Column } from '../../schema/table.ts'
import { canonical } from '../../schema/value.ts'
import type { BoundField, BoundMap } from '../binding.ts'
import { SIDE } from '../definition.ts'
import { type Fault, unknownColumn } from '../faults.ts'
import { type FilledColumn, sourcesOf, writes } from '../flow.ts'
import type { Path } from '../yaml.ts'

export function checkColumns(map: BoundMap): readonly Fault[] {
  return SYSTEMS.flatMap((system) => [
    ...constantFaults(map, system),
    ...writtenTwice(map, system),
    ...generatedFaults(map, system),
    ...leftEmpty(map, system),
  ])
}

function constantFaults({ definition, source, sides }: BoundMap, system: System): readonly Fault[] {
  const table = sides[system]
  if (table === undefined) return []
  return Object.entries(definition[SIDE[system]].constants).flatMap(([name, value]) => {
    const path = [SIDE[system], 'constants', name]
    const column = table.columns[name]
    if (column === undefined) return [source.faultAtKey(path, unknownColumn(table, name))]
    if (column.computed) return [source.faultAtKey(path, `"${name}" is computed: it takes no constant`)]
    const fitting = canonical(column, value)
    return fitting.ok ? [] : [source.fault(path, fitting.message)]
  })
}

function writtenTwice({ definition, source, keys, fields }: BoundMap, system: System): readonly Fault[] {
  const writers = [...keys, ...fields.filter((field) => writes(field, system))]
  const written = new Map<string, string>()
  const claims: readonly (readonly [string, string, Path])[] = [
    ...writers.flatMap((field) => claimsOf(field.name, sourcesOf(field, system))),
    ...[...keys, ...fields].flatMap(({ name, copies }) => claimsOf(name, copies[system])),
    ...Object.keys(definition[SIDE[system]].constants).map(
      (name) => [name, 'a constant', [SIDE[system], 'constants', name]] as const,
    ),
  ]
  return claims.flatMap(([column, writer, path]) => {
    const first = written.get(column)
    if (first === undefined) written.set(column, writer)
    return first === undefined ? [] : [source.fault(path, `"${column}" is written by ${first} already`)]
  })
}

function claimsOf(field: string, columns: readonly FilledColumn[]): readonly (readonly [string, string, Path])[] {
  return columns.map(({ column, path }) => [column.name, `field "${field}"`, path])
}

/** A generated column may be shown, but nothing flows into it. */
function generatedFaults({ source, fields }: BoundMap, system: System): readonly Fault[] {
  return fields.flatMap((field) => {
    const bound = field.columns[system]
    if (bound?.column.generated !== true || field.systems.length < 2 || !writes(field, system)) return []
    return [
      source.fault(bound.path, `"${bound.column.name}" is filled by the ${system} itself: nothing can flow into it`),
    ]
  })
}

/** Required columns that a create made through the map would leave empty. */
function leftEmpty(map: BoundMap, system: System): readonly Fault[] {
  const table = map.sides[system]
  if (table === undefined) return []
  const { constants } = map.definition[SIDE[system]]
  const needed = Object.values(table.columns).filter(
    (column) =>
      column.required &&
      !column.generated &&
      column.default === undefined &&
      !table.key.includes(column.name) &&
      constants[column.name] === undefined,
  )
  return needed.flatMap((column) => emptyFault(map, system, column))
}

function emptyFault(map: BoundMap, system: System, column: Column): readonly Fault[] {
  const { source, keys, fields, sides } = map
  const isIn = (columns: readonly FilledColumn[]) => columns.some((one) => one.column.name === column.name)
  if ([...keys, ...fields].some(({ copies }) => isIn(copies[system]))) return []
  const bound = fields.filter((field) => isIn(sourcesOf(field, system)))
  if (bound.some((field) => writes(field, system) || field.definition.default !== undefined)) return []
  const message = `${sides[system]?.table} requires "${column.name}": it needs a field, a constant or a default`
  const first: BoundField | undefined = bound[0]
  if (first === undefined) return [source.fault([SIDE[system], 'table'], message)]
  return [source.fault([...first.path, 'direction'], `${message} that gives it a value from the other side`)]
}
