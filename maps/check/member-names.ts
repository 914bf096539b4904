/** The fields of each entity: its own, those that every entity has, and those that other maps add to it. */

import type { BoundMap } from '../binding.ts'
import { constantCase } from '../constant-case.ts'
import type { Fault } from '../faults.ts'
import { type Claim, claim, takenTwice } from './claims.ts'

const ENTITY_FIELDS = ['id', 'revision', 'updatedAt', 'sync']

export function checkMemberNames(maps: readonly BoundMap[]): readonly Fault[] {
  return [
    ...maps.flatMap(fieldFaults),
    ...maps.flatMap(orderFaults),
    ...takenTwice(maps.flatMap((map) => memberClaims(map, maps))),
  ]
}

function fieldFaults({ definition, source, keys, fields }: BoundMap): readonly Fault[] {
  return [...keys, ...fields].flatMap(({ name, path }) => {
    if (ENTITY_FIELDS.includes(name)) return [source.faultAtKey(path, `Every entity has a field "${name}" already`)]
    const isTwice = path[0] === 'fields' && definition.key[name] !== undefined
    return isTwice ? [source.faultAtKey(path, `"${name}" is a key field already`)] : []
  })
}

/** Lists are ordered by the names of fields in constant case. */
function orderFaults({ source, keys, fields }: BoundMap): readonly Fault[] {
  const first = new Map<string, string>()
  return [...keys, ...fields].flatMap(({ name, path }) => {
    const order = constantCase(name)
    const earlier = first.get(order) ?? name
    first.set(order, earlier)
    if (earlier === name) return []
    return [source.faultAtKey(path, `"${name}" and "${earlier}" are both ${order} where a list is ordered`)]
  })
}

function memberClaims(map: BoundMap, maps: readonly BoundMap[]): readonly Claim[] {
  const { entity, parent } = map.definition
  const own = [...map.keys, ...map.fields].map(({ name, path }) => claim(map, `${entity}.${name}`, 'a field', path))
  const unique = [...new Map(own.map((one) => [one.name, one])).values()]
  const always = ENTITY_FIELDS.map((name) => claim(map, `${entity}.${name}`, 'a field of every entity', []))
  return [
    ...unique.filter(({ name }) => always.every((one) => one.name !== name)),
    ...always,
    ...(parent === undefined ? [] : [claim(map, `${entity}.${parent.field}`, 'the whole', ['parent', 'field'])]),
    ...maps.flatMap((other) => claimsOn(entity, other)),
  ]
}

/** Lists that lead from an entity to its parts, and back to the records that refer to it. */
function claimsOn(entity: string, other: BoundMap): readonly Claim[] {
  const { parent } = other.definition
  const parts =
    parent?.entity === entity ? [claim(other, `${entity}.${parent.list}`, 'a list of parts', ['parent', 'list'])] : []
  const reverses = other.fields.flatMap(({ definition, entities, path }) =>
    definition.reverse === undefined || !entities.includes(entity)
      ? []
      : [claim(other, `${entity}.${definition.reverse}`, 'a reverse reference', [...path, 'reverse'])],
  )
  return [...parts, ...reverses]
}
