/**
 * Whether a row's input has the shape that a field wants: what came through the graph has it already, a row of a file or
 * of another program may have any. Values themselves are left to the systems. Pure.
 */

import type { MapSet, TableMap } from '../../maps/model.ts'
import type { CallerPath, Violation } from '../../schema/participant.ts'
import { refusal } from './refusal.ts'
import type { RowWrite } from './write.ts'

const CHANGES = ['create', 'update', 'replace']

/** What is wrong with the row's shape; none for one that can be read. */
export function shapeRefusals(mapSet: MapSet, map: TableMap, { operation, input }: RowWrite): readonly Violation[] {
  const lists = mapSet.partsOf(map.entity).flatMap((part) => {
    const list = part.parent?.list ?? ''
    const value = input[list] ?? null
    const place = ['input', list]
    if (value === null || operation === 'DELETE') return []
    if (operation !== 'UPDATE') return ofParts(part, value, place)
    if (!isRecord(value))
      return [refusal('VALIDATION', `${list} says what to create, update, delete or replace`, place)]
    return CHANGES.flatMap((name) => ofParts(part, value[name] ?? [], [...place, name]))
  })
  return [...ofReferences(map, input, ['input']), ...lists]
}

function ofParts(part: TableMap, value: unknown, place: CallerPath): readonly Violation[] {
  if (!Array.isArray(value)) return [refusal('VALIDATION', `${place.at(-1)} is a list`, place)]
  return value.flatMap((one: unknown, index) => {
    const at = [...place, String(index)]
    return isRecord(one) ? ofReferences(part, one, at) : [refusal('VALIDATION', `A ${part.entity} has fields`, at)]
  })
}

function ofReferences(map: TableMap, input: Readonly<Record<string, unknown>>, at: CallerPath): readonly Violation[] {
  return Object.entries(input).flatMap(([name, value]) => {
    const kind = map.field.get(name)?.type.kind
    const isReference = kind === 'reference' || kind === 'polymorphic'
    if (!isReference || value === null || value === undefined || isRecord(value)) return []
    return [refusal('VALIDATION', `${name} names a record by its id or by the fields of its key`, [...at, name])]
  })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
