/** Parts: of an entity that stands by itself, under its key and one field more, in tables that are parts as well. */

import { SYSTEMS, type System } from '../../schema/record.ts'
import type { BoundKey, BoundMap } from '../binding.ts'
import { SIDE } from '../definition.ts'
import { type Fault, suggest } from '../faults.ts'

export function checkParts(maps: readonly BoundMap[]): readonly Fault[] {
  const byEntity = new Map(maps.toReversed().map((map) => [map.definition.entity, map]))
  return maps.flatMap((part) => {
    const { parent } = part.definition
    if (parent === undefined) return []
    const path = ['parent', 'entity']
    const whole = byEntity.get(parent.entity)
    if (whole === undefined) {
      const message = `No map is of an entity "${parent.entity}".${suggest(parent.entity, byEntity.keys())}`
      return [part.source.fault(path, message)]
    }
    if (whole.definition.parent !== undefined) {
      return [part.source.fault(path, `${parent.entity} is a part itself: parts have no parts`)]
    }
    return [
      ...scopeFaults(part, whole),
      ...keyFaults(part, whole),
      ...SYSTEMS.flatMap((system) => tableFaults(part, whole, system)),
    ]
  })
}

function scopeFaults({ definition, source }: BoundMap, whole: BoundMap): readonly Fault[] {
  const { entity, scope } = whole.definition
  return scope === definition.scope ? [] : [source.fault(['scope'], `${entity} is of scope ${scope}`)]
}

/** The fields stand for each other by their place; only the last is the part's own. */
function keyFaults({ definition, source, keys }: BoundMap, whole: BoundMap): readonly Fault[] {
  const { entity } = whole.definition
  if (keys.length !== whole.keys.length + 1) {
    const names = whole.keys.map(({ name }) => name).join(', ')
    const message = `The key of ${definition.entity} is that of ${entity}, which is ${names}, and one field more`
    return [source.faultAtKey(['key'], message)]
  }
  return whole.keys.flatMap((outer, index) => {
    const inner = keys[index]
    if (inner === undefined) return []
    const place = `"${inner.name}" stands for "${outer.name}" of ${entity}`
    const folds = inner.definition.fold === outer.definition.fold
    const faults = folds ? [] : [source.faultAtKey(inner.path, `${place}, and their letter cases differ`)]
    return [...faults, ...SYSTEMS.flatMap((system) => placeFaults(source, inner, outer, place, system))]
  })
}

/** Tables that are part and whole have their common key columns in one order. */
function placeFaults(
  source: BoundMap['source'],
  inner: BoundKey,
  outer: BoundKey,
  place: string,
  system: System,
): readonly Fault[] {
  const [mine, theirs] = [inner.columns[system], outer.columns[system]]
  if (mine === undefined || theirs === undefined) return []
  if (mine.table.key.indexOf(mine.column.name) === theirs.table.key.indexOf(theirs.column.name)) return []
  return [source.fault(mine.path, `${place}, which is ${theirs.column.name} in ${theirs.table.table}`)]
}

function tableFaults({ source, sides, definition }: BoundMap, whole: BoundMap, system: System): readonly Fault[] {
  const [table, wholeTable] = [sides[system], whole.sides[system]]
  if (table === undefined || wholeTable === undefined) return []
  const column = table.partOf === null ? undefined : table.columns[table.partOf]
  if (column?.references.some((target) => target.table === wholeTable.table) === true) return []
  const message = `${table.table} is no part of ${wholeTable.table}, as ${definition.entity} is of ${whole.definition.entity}`
  return [source.fault([SIDE[system], 'table'], message)]
}
