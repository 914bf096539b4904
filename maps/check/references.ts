/** References: to a mapped entity, through columns that refer to the very tables which its map pairs. */

import { SYSTEMS, type System } from '../../schema/participant.ts'
import type { TableDefinition } from '../../schema/table.ts'
import type { BoundColumn, BoundField, BoundMap, Definitions } from '../binding.ts'
import { SIDE } from '../definition.ts'
import { type Fault, suggest } from '../faults.ts'

/** Of each map by itself. */
export function checkReferences(map: BoundMap, definitions: Definitions): readonly Fault[] {
  const steps = [...map.keys, ...map.fields].flatMap(({ columns }) =>
    SYSTEMS.flatMap((system) => stepFaults(map, columns[system], definitions, system)),
  )
  return [...steps, ...map.fields.flatMap((field) => referenceFaults(map, field, definitions))]
}

/** `currency.code`: `code` must be what the reference `currency` holds. */
function stepFaults(
  { source }: BoundMap,
  bound: BoundColumn | undefined,
  definitions: Definitions,
  system: System,
): readonly Fault[] {
  if (bound === undefined || bound.step === null) return []
  const { column, step, path } = bound
  if (column.references === null) return [source.fault(path, `"${column.name}" is no reference: nothing can follow it`)]
  const target = definitions.tables[system].get(column.references)?.definition
  if (target === undefined || ownKey(target).includes(step)) return []
  const message = `${target.table} is referred to by ${ownKey(target).join(', ')}, not by "${step}".`
  return [source.fault(path, `${message}${suggest(step, ownKey(target))}`)]
}

function ownKey(table: TableDefinition): readonly string[] {
  return table.key.filter((column) => column !== table.company)
}

function referenceFaults(map: BoundMap, field: BoundField, definitions: Definitions): readonly Fault[] {
  const { ref } = field.definition
  if (ref === undefined) return []
  const path = [...field.path, 'ref']
  const target = definitions.byEntity.get(ref)?.definition
  if (target === undefined) {
    const message = `No map is of an entity "${ref}".${suggest(ref, definitions.byEntity.keys())}`
    return [map.source.fault(path, message)]
  }
  const faults: Fault[] = []
  if (target.scope === 'company' && map.definition.scope === 'global') {
    faults.push(map.source.fault(path, `A global record has no company to find a ${ref} by`))
  }
  if (Object.keys(target.key).length !== (target.scope === 'company' ? 2 : 1)) {
    faults.push(map.source.fault(path, `The key of ${ref} has more than one field besides the company`))
  }
  for (const system of field.systems) {
    const bound = field.columns[system]
    const { table } = target[SIDE[system]]
    if (bound === undefined || bound.column.references === table) continue
    const actual = bound.column.references ?? 'nothing'
    const message = `"${bound.column.name}" refers to ${actual}, and ${ref} is ${table} in the ${system}`
    faults.push(map.source.fault(bound.path, message))
  }
  return faults
}

/** Circles of references that must be given: no record of any of those maps could ever be the first. */
export function checkCircles(maps: readonly BoundMap[]): readonly Fault[] {
  const required = new Map(maps.map((map) => [map.definition.entity, requiredReferences(map)]))
  const reaches = (from: string, to: string, seen: Set<string>): boolean => {
    if (from === to) return true
    if (seen.has(from)) return false
    seen.add(from)
    return [...(required.get(from)?.keys() ?? [])].some((next) => reaches(next, to, seen))
  }
  return maps.flatMap(({ definition, source }) =>
    [...(required.get(definition.entity) ?? [])].flatMap(([target, field]) => {
      if (!reaches(target, definition.entity, new Set())) return []
      const message = `A ${definition.entity} and a ${target} require each other: neither could be created first`
      return [source.fault([...field.path, 'ref'], message)]
    }),
  )
}

/** By entity, without those to the entity itself. */
function requiredReferences({ definition, fields }: BoundMap): ReadonlyMap<string, BoundField> {
  const required = fields.filter((field) => {
    const isRequired = field.systems.some((system) => field.columns[system]?.column.required === true)
    return field.definition.required || isRequired
  })
  return new Map(
    required.flatMap((field) => {
      const { ref } = field.definition
      return ref === undefined || ref === definition.entity ? [] : [[ref, field] as const]
    }),
  )
}
