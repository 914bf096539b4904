/** References: to a mapped entity, through columns that refer to the very tables which its map pairs. */

import { SYSTEMS, type System } from '../../schema/record.ts'
import type { TableDefinition } from '../../schema/table.ts'
import type { BoundColumn, BoundField, BoundMap, Definitions } from '../binding.ts'
import { type MapFile, SIDE } from '../definition.ts'
import { type Fault, suggest } from '../faults.ts'
import type { Path } from '../yaml.ts'
import { polymorphicFaults, tablesOf } from './polymorphic.ts'

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
  if (column.references.length === 0) {
    return [source.fault(path, `"${column.name}" is no reference: nothing can follow it`)]
  }
  const targets = column.references.flatMap(({ table }) => definitions.tables[system].get(table)?.definition ?? [])
  const known = [...new Set(targets.flatMap(ownKey))]
  if (targets.length < column.references.length || known.includes(step)) return []
  const names = targets.map(({ table }) => table).join(' or ')
  const message = `${names} is referred to by ${known.join(' or ')}, not by "${step}".`
  return [source.fault(path, `${message}${suggest(step, known)}`)]
}

function ownKey(table: TableDefinition): readonly string[] {
  return table.key.filter((column) => column !== table.company)
}

/** What is true of each entity alone, and of the columns as a whole. */
function referenceFaults(map: BoundMap, field: BoundField, definitions: Definitions): readonly Fault[] {
  const { ref } = field.definition
  const path = [...field.path, 'ref']
  const at = (index: number): Path => (Array.isArray(ref) ? [...path, index] : path)
  const faults = field.entities.flatMap((entity, index) =>
    targetFaults(map, entity, definitions).map((message) => map.source.fault(at(index), message)),
  )
  const targets = field.entities.flatMap((entity) => definitions.byEntity.get(entity)?.definition ?? [])
  if (targets.length < field.entities.length) return faults
  const [target, ...others] = targets
  if (target === undefined) return []
  if (others.length > 0) return [...faults, ...polymorphicFaults(map, field, targets)]
  return [...faults, ...field.systems.flatMap((system) => columnFaults(map, field, target, system))]
}

function targetFaults({ definition }: BoundMap, entity: string, definitions: Definitions): readonly string[] {
  const target = definitions.byEntity.get(entity)?.definition
  if (target === undefined)
    return [`No map is of an entity "${entity}".${suggest(entity, definitions.byEntity.keys())}`]
  const messages: string[] = []
  if (target.scope === 'company' && definition.scope === 'global') {
    messages.push(`A global record has no company to find a ${entity} by`)
  }
  if (target.parent !== undefined) {
    messages.push(`${entity} is a part of ${target.parent.entity}: nothing refers to it`)
  } else if (Object.keys(target.key).length !== (target.scope === 'company' ? 2 : 1)) {
    messages.push(`The key of ${entity} has more than one field besides the company`)
  }
  return messages
}

function columnFaults(
  { source }: BoundMap,
  { columns }: BoundField,
  { entity, ...target }: MapFile,
  system: System,
): readonly Fault[] {
  const bound = columns[system]
  const { table } = target[SIDE[system]]
  const [reference, ...others] = bound?.column.references ?? []
  if (bound === undefined || (reference?.table === table && others.length === 0)) return []
  const message = `"${bound.column.name}" refers to ${tablesOf(bound.column)}, and ${entity} is ${table} in the ${system}`
  return [source.fault(bound.path, message)]
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

/** By entity, without those to the entity itself. A reference to one of several entities requires none of them. */
function requiredReferences({ definition, fields }: BoundMap): ReadonlyMap<string, BoundField> {
  const required = fields.filter((field) => {
    const isRequired = field.systems.some((system) => field.columns[system]?.column.required === true)
    return field.definition.required || isRequired
  })
  return new Map(
    required.flatMap((field) => {
      const [entity, ...others] = field.entities
      return entity === undefined || others.length > 0 || entity === definition.entity ? [] : [[entity, field] as const]
    }),
  )
}
