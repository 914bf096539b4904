/** How the fields of maps appear in GraphQL: the same type under the same name in every schema. */

import type { System } from '../schema/record.ts'
import { enumType } from '../schema/sdl.ts'
import type { Field, TableMap } from './model.ts'

/** GraphQL scalars by what they hold, in columns as in fields. A guid is an `ID`. */
export const SCALAR_NAMES = {
  string: 'String',
  integer: 'Int',
  decimal: 'Decimal',
  boolean: 'Boolean',
  date: 'Date',
  dateTime: 'DateTime',
  guid: 'ID',
  json: 'JSON',
} as const

/** The GraphQL type of a field's value, without its nullability. A reference is its entity, or the union of several. */
export function graphqlTypeOf({ type }: Field): string {
  switch (type.kind) {
    case 'enum':
    case 'polymorphic':
      return type.name
    case 'reference':
      return type.entity
    default:
      return SCALAR_NAMES[type.kind]
  }
}

/** What an entity is, in the words that every subgraph prints. */
export function entityDescription(map: TableMap): string {
  return map.description ?? `A ${map.entity}, held by both systems.`
}

/** Of every entity's `id`. */
export const ID_DESCRIPTION = 'Stable and opaque; made from the entity and its integration key.'

/** What a field means: its description, or where it is held. */
export function fieldDescription(map: TableMap, field: Field): string {
  const placeOf = (system: System, column: string) => `${map.sides[system].table.table}.${column}`
  if (field.description !== null) return field.description
  if (field.kind === 'own') {
    const held = field.computed ? 'Computed and held' : 'Held'
    return `${held} by the ${field.system} alone: ${placeOf(field.system, field.column)}.`
  }
  if (field.kind === 'mapped' && field.computedBy !== null) {
    const places = `${placeOf('CRM', field.columns.CRM)} and ${placeOf('ERP', field.columns.ERP)}`
    return `Computed by the ${field.computedBy} and held by both: ${places}.`
  }
  return `Held by both: ${placeOf('CRM', field.columns.CRM)} and ${placeOf('ERP', field.columns.ERP)}.`
}

/** SDL of every enum that the maps' fields use, in order of name. Print it from the same maps in every subgraph. */
export function enumDefinitions(maps: readonly TableMap[]): string {
  const enums = new Map<string, { values: readonly string[]; users: string[] }>()
  for (const map of maps) {
    for (const { type, name } of map.fields) {
      if (type.kind !== 'enum') continue
      const known = enums.get(type.name) ?? { values: type.values, users: [] }
      known.users.push(`${map.entity}.${name}`)
      enums.set(type.name, known)
    }
  }
  return [...enums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { values, users }]) =>
      enumType(
        name,
        `Values of ${users.join(', ')}.`,
        values.map((value) => ({ name: value, description: null })),
      ),
    )
    .join('\n')
}
