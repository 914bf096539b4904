/** References to one of several entities: alike among themselves, and told apart where they are read. */

import type { System } from '../../schema/record.ts'
import type { Column } from '../../schema/table.ts'
import type { BoundColumn, BoundField, BoundMap } from '../binding.ts'
import { type MapFile, SIDE } from '../definition.ts'
import type { Fault } from '../faults.ts'

/** `targets` are the maps of the field's entities, in their order. */
export function polymorphicFaults(map: BoundMap, field: BoundField, targets: readonly MapFile[]): readonly Fault[] {
  return [
    ...likenessFaults(map, field, targets),
    ...field.systems.flatMap((system) => {
      const bound = field.columns[system]
      return bound === undefined ? [] : sideFaults(map, field, targets, bound, system)
    }),
  ]
}

/** One key, given in an input or found in a column, may name a record of either. */
function likenessFaults({ source }: BoundMap, field: BoundField, targets: readonly MapFile[]): readonly Fault[] {
  const [first, ...others] = targets
  if (first === undefined) return []
  const keyOf = ({ scope, key }: MapFile) =>
    JSON.stringify([scope, Object.entries(key).map(([name, { fold = null }]) => [name, fold])])
  return others.flatMap((other, index) => {
    const path = [...field.path, 'ref', index + 1]
    if (targets.indexOf(other) <= index) return [source.fault(path, `"${other.entity}" is there twice`)]
    if (keyOf(other) === keyOf(first)) return []
    const message = `The keys of ${first.entity} and ${other.entity} differ in scope, names or letter case`
    return [source.fault(path, message)]
  })
}

/** Either one table holds them all, or another column tells which table is meant. */
function sideFaults(
  { definition, source }: BoundMap,
  { systems }: BoundField,
  targets: readonly MapFile[],
  { column, path }: BoundColumn,
  system: System,
): readonly Fault[] {
  const tables = new Set(targets.map((target) => target[SIDE[system]].table))
  const [single, ...others] = column.references
  const isOneTable = others.length === 0 && tables.size === 1 && single?.table === [...tables][0]
  const isServed = systems.length < 2 || definition.reads === system
  if (isOneTable) {
    if (!isServed) return []
    const message = `"${column.name}" does not tell a ${targets.map(({ entity }) => entity).join(' from a ')}, and the ${system} serves the field`
    return [source.fault(path, message)]
  }
  const meant = new Set(column.references.map(({ table }) => table))
  const isPaired = column.references.length === targets.length && tables.size === targets.length
  if (isPaired && [...tables].every((table) => meant.has(table))) return []
  const places = targets.map((target) => `${target.entity} is ${target[SIDE[system]].table}`).join(', ')
  return [source.fault(path, `"${column.name}" refers to ${tablesOf(column)}, and in the ${system} ${places}`)]
}

/** The tables that a column refers to, in words. */
export function tablesOf({ references }: Column): string {
  return references.length === 0 ? 'nothing' : references.map(({ table }) => table).join(' or ')
}
