/** References in inputs: by id, by the name of an operation of the same transaction, or by the target's key. */

import { constantCase } from '../../maps/constant-case.ts'
import { decodeId, encodeId, foldKey } from '../../maps/identity.ts'
import type { FieldType, MapSet, TableMap } from '../../maps/model.ts'
import type { CallerPath, Violation } from '../../schema/participant.ts'
import type { Value } from '../../schema/record.ts'
import { refusal } from './refusal.ts'

/** Ids by the names that operations were given; null for a record whose key could not be told. */
export type NamedRecords = ReadonlyMap<string, string | null>

type ReferenceType = Extract<FieldType, { kind: 'reference' | 'polymorphic' }>

export interface ReferenceContext {
  readonly mapSet: MapSet
  readonly named: NamedRecords
  /** Of the record that refers: what a key in the same company leaves out. */
  readonly company: string | null
}

/** The id that is meant; null, with the reason in `refusals`, where none can be told. */
export function readReference(
  context: ReferenceContext,
  type: ReferenceType,
  reference: Readonly<Record<string, unknown>>,
  path: CallerPath,
  refusals: Violation[],
): Value {
  const targets = targetsOf(context.mapSet, type)
  const { id, as } = reference
  if (typeof id === 'string') return checkedId(targets, id, [...path, 'id'], refusals)
  if (typeof as === 'string') return namedId(context, targets, as, [...path, 'as'], refusals)
  const wanted = reference['type']
  const target =
    targets.find(({ entity }) => typeof wanted === 'string' && constantCase(entity) === wanted) ?? targets[0]
  return target === undefined ? null : idOfKey(target, reference, context.company, path, refusals)
}

function targetsOf(mapSet: MapSet, type: ReferenceType): readonly TableMap[] {
  const entities = type.kind === 'reference' ? [type.entity] : type.entities
  return entities.map((entity) => {
    const map = mapSet.byEntity.get(entity)
    if (map === undefined) throw new TypeError(`no map for the referenced entity ${entity}`)
    return map
  })
}

function checkedId(targets: readonly TableMap[], id: string, path: CallerPath, refusals: Violation[]): Value {
  const decoded = decodeId(id)
  const target = targets.find(({ entity }) => entity === decoded?.entity)
  if (target !== undefined && decoded?.key.length === target.key.length) {
    return encodeId(target.entity, foldKey(target, decoded.key))
  }
  refusals.push(refusal('REFERENCE', `This is not the id of a ${namesOf(targets)}`, path))
  return null
}

function namedId(
  { named }: ReferenceContext,
  targets: readonly TableMap[],
  as: string,
  path: CallerPath,
  refusals: Violation[],
): Value {
  const id = named.get(as)
  if (id === undefined) {
    refusals.push(refusal('REFERENCE', `No earlier operation of this request is called "${as}"`, path))
    return null
  }
  // Without an id the operation itself is refused, which is the reason that counts.
  if (id === null) return null
  const entity = decodeId(id)?.entity
  if (targets.some((target) => target.entity === entity)) return id
  refusals.push(refusal('REFERENCE', `"${as}" is a ${entity}, and a ${namesOf(targets)} is wanted`, path))
  return null
}

/** The company is the referring record's own unless given. */
function idOfKey(
  target: TableMap,
  reference: Readonly<Record<string, unknown>>,
  company: string | null,
  path: CallerPath,
  refusals: Violation[],
): Value {
  const key: string[] = []
  for (const [position, field] of target.key.entries()) {
    const given = reference[field.name]
    const isCompany = position === 0 && target.scope === 'company'
    const value = typeof given === 'string' && given.trim() !== '' ? given : isCompany ? company : null
    if (value !== null) key.push(value)
    else if (!isCompany) {
      const message = `A reference to a ${target.entity} needs its id or its ${field.name}`
      refusals.push(refusal('REQUIRED', message, [...path, field.name]))
    }
  }
  return key.length === target.key.length ? encodeId(target.entity, foldKey(target, key)) : null
}

function namesOf(targets: readonly TableMap[]): string {
  return targets.map(({ entity }) => entity).join(' or a ')
}
