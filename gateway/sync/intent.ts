/** An entity write as the planner takes it: input read against its map, references resolved to ids, keys folded. */

import { decodeId, encodeId, foldKey } from '../../maps/identity.ts'
import type { EntityKey, Field, MapSet, TableMap, UnifiedRecord } from '../../maps/model.ts'
import type { Value, Violation } from '../../schema/participant.ts'
import { refusal } from './refusal.ts'
import type { EntityWrite } from './write.ts'

export interface EntityIntent {
  readonly map: TableMap
  readonly operation: EntityWrite['operation']
  /** Key values in key order; null where the caller gave none. */
  readonly key: readonly (string | null)[]
  /** The fields given, but for the key. */
  readonly given: UnifiedRecord
  readonly expectedRevision: number | null
  readonly refusals: readonly Violation[]
}

/** Reads a write's arguments. Never throws for a caller's mistake: what is wrong is in `refusals`. */
export function readIntent(mapSet: MapSet, map: TableMap, write: EntityWrite): EntityIntent {
  const refusals: Violation[] = []
  const byId = write.operation === 'UPDATE' || write.operation === 'DELETE'
  const key = byId ? keyOfId(map, write.id, refusals) : keyOfInput(map, write.input)
  const company = map.scope === 'company' ? (key[0] ?? null) : null
  const given: Record<string, Value> = {}
  for (const field of map.fields) {
    const value = write.input[field.name]
    if (field.kind === 'key' || value === undefined) continue
    given[field.name] = readField(mapSet, field, value, company, refusals)
  }
  return {
    map,
    operation: write.operation,
    key,
    given,
    expectedRevision: write.options.expectedRevision,
    refusals,
  }
}

function keyOfId(map: TableMap, id: string | null, refusals: Violation[]): readonly (string | null)[] {
  const decoded = id === null ? null : decodeId(id)
  if (decoded !== null && decoded.entity === map.entity && decoded.key.length === map.key.length) {
    return foldKey(map, decoded.key)
  }
  refusals.push(refusal('NOT_FOUND', `This is not the id of a ${map.entity}`, ['id']))
  return map.key.map(() => null)
}

function keyOfInput(map: TableMap, input: EntityWrite['input']): readonly (string | null)[] {
  const given = map.key.map((field) => input[field.name])
  const folded = foldKey(
    map,
    given.map((value) => (typeof value === 'string' ? value : '')),
  )
  return folded.map((value) => (value === '' ? null : value))
}

function readField(mapSet: MapSet, field: Field, value: unknown, company: string | null, refusals: Violation[]): Value {
  if (field.type.kind !== 'reference' || value === null) return value as Value
  const target = mapSet.byEntity.get(field.type.entity)
  const reference = value as Readonly<Record<string, unknown>>
  if (target === undefined) throw new TypeError(`no map for the referenced entity ${field.type.entity}`)
  return readReference(target, reference, company, ['input', field.name], refusals)
}

/** A reference is `{id}` or the target's key fields; the company is the record's own unless given. */
function readReference(
  target: TableMap,
  reference: Readonly<Record<string, unknown>>,
  company: string | null,
  path: readonly string[],
  refusals: Violation[],
): Value {
  const id = reference['id']
  if (typeof id === 'string') {
    const decoded = decodeId(id)
    if (decoded?.entity === target.entity && decoded.key.length === target.key.length) return id
    refusals.push(refusal('REFERENCE', `This is not the id of a ${target.entity}`, [...path, 'id']))
    return null
  }
  const key: string[] = []
  for (const [position, field] of target.key.entries()) {
    const given = reference[field.name]
    const own = position === 0 && target.scope === 'company' ? company : null
    const value = typeof given === 'string' && given.trim() !== '' ? given : own
    if (value !== null) key.push(value)
    else if (own === null && !(position === 0 && target.scope === 'company')) {
      refusals.push(
        refusal('REQUIRED', `A reference to a ${target.entity} needs its id or its ${field.name}`, [
          ...path,
          field.name,
        ]),
      )
    }
  }
  return key.length === target.key.length ? encodeId(target.entity, foldKey(target, key) as EntityKey) : null
}
