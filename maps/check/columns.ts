/** What the map does with each side's columns as a whole: none written twice, none that a create needs left empty. */

import { SYSTEMS, type System } from '../../schema/participant.ts'
import type { Column } from '../../schema/table.ts'
import { canonical } from '../../schema/value.ts'
import { type BoundField, type BoundMap, writes } from '../binding.ts'
import { SIDE } from '../definition.ts'
import { type Fault, suggest } from '../faults.ts'
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
    if (column === undefined) {
      const message = `${table.table} has no column "${name}".${suggest(name, Object.keys(table.columns))}`
      return [source.faultAtKey(path, message)]
    }
    const fitting = canonical(column, value)
    return fitting.ok ? [] : [source.fault(path, fitting.message)]
  })
}

function writtenTwice({ definition, source, keys, fields }: BoundMap, system: System): readonly Fault[] {
  const writers = [...keys, ...fields.filter((field) => writes(field, system))]
  const written = new Map<string, string>()
  const claims: readonly (readonly [string, string, Path])[] = [
    ...writers.flatMap(({ name, columns }) => {
      const bound = columns[system]
      return bound === undefined ? [] : [[bound.column.name, `field "${name}"`, bound.path] as const]
    }),
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
  const { source, fields, sides } = map
  const bound = fields.filter((field) => field.columns[system]?.column.name === column.name)
  if (bound.some((field) => writes(field, system) || field.definition.default !== undefined)) return []
  const message = `${sides[system]?.table} requires "${column.name}": it needs a field, a constant or a default`
  const first: BoundField | undefined = bound[0]
  if (first === undefined) return [source.fault([SIDE[system], 'table'], message)]
  return [source.fault([...first.path, 'direction'], `${message} that gives it a value from the other side`)]
}
