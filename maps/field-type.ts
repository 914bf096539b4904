/** The unified type of a field, from its columns and what the map says about them. */

import type { Column } from '../schema/table.ts'
import { type BoundField, type BoundMap, fieldTypeName } from './binding.ts'
import { expressionType } from './expression/types.ts'
import type { FieldType } from './model.ts'

export type TypeOfField =
  | { readonly ok: true; readonly type: FieldType }
  | { readonly ok: false; readonly message: string }

/** Of a field whose columns and values are known. */
export function typeOfField(field: BoundField, map: BoundMap): TypeOfField {
  const { definition, values, entities } = field
  const reads = field.columns[map.definition.reads]?.column
  const [first, second] = field.systems.flatMap((system) => field.columns[system]?.column ?? [])
  if (first === undefined) return { ok: false, message: 'It has no column' }
  const [entity, ...others] = entities
  if (others.length > 0)
    return known({ kind: 'polymorphic', name: fieldTypeName(map.definition, field.name), entities })
  if (entity !== undefined) return known({ kind: 'reference', entity })
  if (values !== null) {
    if (values.type === 'boolean') return known({ kind: 'boolean' })
    return known({ kind: 'enum', name: values.name, values: values.entries.map(({ name }) => name) })
  }
  if (second === undefined) return typeOfColumn(first)
  if (definition.toErp !== undefined || definition.toCrm !== undefined) return typeForExpressions(reads ?? first)
  if (first.type !== second.type) {
    const message = `${first.name} is ${first.type} and ${second.name} is ${second.type}: this needs values or expressions`
    return { ok: false, message }
  }
  const type = typeOfColumn(reads ?? first)
  if (!type.ok || type.type.kind !== 'string') return type
  const lengths = [first.maxLength ?? Infinity, second.maxLength ?? Infinity]
  const longest = definition.overflow === 'CLIP' ? Math.max(...lengths) : Math.min(...lengths)
  return known({ kind: 'string', maxLength: longest === Infinity ? null : longest })
}

function typeForExpressions(column: Column): TypeOfField {
  if (expressionType(column) === null)
    return { ok: false, message: `No expression can use ${column.name}, which is json` }
  return typeOfColumn(column)
}

function typeOfColumn(column: Column): TypeOfField {
  switch (column.type) {
    case 'string':
      return known({ kind: 'string', maxLength: column.maxLength })
    case 'decimal':
      return known({ kind: 'decimal', precision: column.precision ?? 18, scale: column.scale ?? 0 })
    case 'enum':
      return { ok: false, message: `${column.name} is an enum: this needs values, which give its values names` }
    case 'integer':
    case 'boolean':
    case 'date':
    case 'dateTime':
    case 'guid':
    case 'json':
      return known({ kind: column.type })
  }
}

function known(type: FieldType): TypeOfField {
  return { ok: true, type }
}
