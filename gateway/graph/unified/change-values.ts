/** Values and ids that callers choose changes by, in the one form that changes have them in. */

import { decodeId, encodeId, foldKey, keyText, keyValue } from '../../../maps/identity.ts'
import type { Field, MapSet } from '../../../maps/model.ts'
import type { Json } from '../../../schema/record.ts'
import type { Column } from '../../../schema/table.ts'
import { canonical } from '../../../schema/value.ts'

/** As a change shows the value of the field; undefined for one that no record can hold there. */
export function fieldValue(mapSet: MapSet, field: Field, value: Json): Json | undefined {
  const { type } = field
  switch (type.kind) {
    case 'reference':
      return typeof value === 'string' ? (recordId(mapSet, value, [type.entity]) ?? undefined) : undefined
    case 'polymorphic':
      return typeof value === 'string' ? (recordId(mapSet, value, type.entities) ?? undefined) : undefined
    case 'enum':
      return typeof value === 'string' && type.values.includes(value) ? value : undefined
    case 'json':
      return undefined
    default:
      return plainValue(field, value)
  }
}

/** What a caller may give to look for in the field, as the end of a sentence. */
export function expectedValue({ type }: Field): string {
  switch (type.kind) {
    case 'reference':
      return `it takes ids of ${type.entity} records`
    case 'polymorphic':
      return `it takes ids of ${type.entities.join(' and ')} records`
    case 'enum':
      return `it takes ${type.values.join(', ')}`
    case 'decimal':
      return `it takes decimals as text with at most ${type.scale} digits after the point, like "1.5"`
    case 'json':
      return 'nothing can be looked for in it'
    default:
      return `it takes values of type ${type.kind}`
  }
}

/** The id in its one form; null for what is no id of a record of one of the entities. */
export function recordId({ byEntity }: MapSet, id: string, entities: readonly string[]): string | null {
  const decoded = decodeId(id)
  const map = decoded === null ? undefined : byEntity.get(decoded.entity)
  if (decoded === null || map === undefined || !entities.includes(map.entity)) return null
  if (decoded.key.length !== map.key.length) return null
  const key = foldKey(map, decoded.key)
  const isWhole = map.key.every((field, position) => keyText(field, keyValue(field, key[position] ?? '')) !== null)
  return isWhole ? encodeId(map.entity, key) : null
}

function plainValue(field: Field, value: Json): Json | undefined {
  const form = canonical(columnLike(field), value)
  if (!form.ok || form.value === null) return undefined
  if (field.kind !== 'key') return form.value
  const text = keyText(field, form.value)
  return text === null ? undefined : keyValue(field, text)
}

/** A column of the field's own type. A text that is too long is held by no record, and need not be refused. */
function columnLike({ name, type }: Field): Column {
  const isDecimal = type.kind === 'decimal'
  return {
    name,
    type: type.kind === 'reference' || type.kind === 'polymorphic' ? 'string' : type.kind,
    description: null,
    maxLength: null,
    precision: isDecimal ? type.precision : null,
    scale: isDecimal ? type.scale : null,
    required: false,
    immutable: false,
    generated: false,
    computed: false,
    default: undefined,
    values: null,
    references: [],
  }
}
