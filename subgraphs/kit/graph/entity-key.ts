/** The keys that callers name entities by. */

import { decodeId, foldKey, keyText, keyValue } from '../../../maps/identity.ts'
import type { EntityKey, TableMap } from '../../../maps/model.ts'
import type { Value } from '../../../schema/record.ts'
import { badArgument } from './bad-argument.ts'

/** The folded key in an id of this map's entity; null for any other text. */
export function entityKeyOfId(map: TableMap, id: Value): EntityKey | null {
  const decoded = typeof id === 'string' ? decodeId(id) : null
  if (decoded === null || decoded.entity !== map.entity || decoded.key.length !== map.key.length) return null
  const key = foldKey(map, decoded.key)
  const isWhole = map.key.every((field, position) => keyText(field, keyValue(field, key[position] ?? '')) !== null)
  return isWhole ? key : null
}

/** The key that a root field was asked for, by id or by its parts. Throws BAD_USER_INPUT for neither, or both. */
export function keyAsked(map: TableMap, given: Readonly<Record<string, Value>>): EntityKey {
  const id = given['id'] ?? null
  const parts = map.key.map((field) => given[field.name] ?? null)
  const names = listed(map.key.map((field) => `\`${field.name}\``))
  if (id === null) {
    const missing = map.key.find((field) => (given[field.name] ?? null) === null)
    if (missing === undefined) return foldKey(map, parts.map(String))
    throw badArgument(missing.name, `A ${map.entity} is found by its \`id\`, or by ${names} together`)
  }
  if (parts.some((part) => part !== null)) throw badArgument('id', `Give either \`id\` or ${names}, not both`)
  const key = entityKeyOfId(map, id)
  if (key !== null) return key
  throw badArgument('id', `This is not the id of a ${map.entity}`)
}

/** `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' and ')
}
