/** SDL of a system's federated subgraph. */

import {
  entityDescription,
  enumDefinitions,
  fieldDescription,
  graphqlTypeOf,
  ID_DESCRIPTION,
} from '../../../maps/graphql.ts'
import type { Field, MapSet, TableMap } from '../../../maps/model.ts'
import { FEDERATION_LINK } from '../../../schema/federation.ts'
import type { System } from '../../../schema/record.ts'
import { scalarDefinitions } from '../../../schema/scalars.ts'
import { type FieldDefinition, objectType, unionType } from '../../../schema/sdl.ts'
import { singular } from './entity-list.ts'
import { type EntityView, entityViews, type ReverseReference } from './entity-view.ts'
import { listArguments, listDefinitions, sharedListDefinitions } from './listing-definitions.ts'

/** The subgraph of one system under a map set, ready to compose. */
export function subgraphDefinitions(mapSet: MapSet, system: System): string {
  const views = entityViews(mapSet, system)
  const lists = views.flatMap(({ list }) => (list === null ? [] : [list.listing]))
  return [
    FEDERATION_LINK,
    scalarDefinitions,
    enumDefinitions(mapSet.maps),
    sharedListDefinitions(lists, '@shareable'),
    ...views.flatMap(unionTypes),
    ...views.map(entityType),
    ...lists.map(listDefinitions),
    objectType(
      'Query',
      'Everything that can be read.',
      views.flatMap((view) => rootFields(view, system)),
    ),
  ].join('\n')
}

const ID_FIELD: FieldDefinition = { name: 'id', type: 'ID!', description: ID_DESCRIPTION }

const VERSION_FIELDS: readonly FieldDefinition[] = [
  {
    name: 'revision',
    type: 'Int!',
    description:
      'How many writes both systems took of this record. Pass it as `expectedRevision` to change just what was read.',
  },
  { name: 'updatedAt', type: 'DateTime!', description: 'When both systems last took a write of this record.' },
]

function unionTypes({ map, fields }: EntityView): readonly string[] {
  return fields.flatMap(({ name, type }) =>
    type.kind === 'polymorphic' ? [unionType(type.name, `What ${map.entity}.${name} refers to.`, type.entities)] : [],
  )
}

function entityType({ map, isReads, fields, whole, reverses }: EntityView): string {
  return objectType(
    map.entity,
    entityDescription(map),
    [
      ID_FIELD,
      ...fields.map((field) => entityField(map, field)),
      ...(whole === null ? [] : [wholeField(whole)]),
      ...reverses.map(reverseField),
      ...(isReads ? VERSION_FIELDS : []),
    ],
    '@key(fields: "id")',
  )
}

function entityField(map: TableMap, field: Field): FieldDefinition {
  const isKey = field.kind === 'key'
  return {
    name: field.name,
    type: `${graphqlTypeOf(field)}${isKey ? '!' : ''}`,
    description: fieldDescription(map, field),
    ...(isKey ? { directives: '@shareable' } : {}),
  }
}

function wholeField({ field, map }: NonNullable<EntityView['whole']>): FieldDefinition {
  return { name: field, type: `${map.entity}!`, description: `The ${map.entity} that it is part of.` }
}

function reverseField({ name, description, listing }: ReverseReference): FieldDefinition {
  return { name, type: `${listing.prefix}Connection!`, description, arguments: listArguments(listing) }
}

function rootFields({ map, list, isReads }: EntityView, system: System): readonly FieldDefinition[] {
  const byKey: FieldDefinition = {
    name: singular(map),
    type: map.entity,
    description: `One ${map.entity}, by its id or by its whole integration key; null where there is none.`,
    arguments: [
      { name: 'id', type: 'ID', description: `Id of the ${map.entity}; given without the key.` },
      ...map.key.map((field) => ({
        name: field.name,
        type: graphqlTypeOf(field),
        description: fieldDescription(map, field),
      })),
    ],
    directives: '@shareable',
  }
  if (list === null) return [byKey]
  const held = isReads ? '' : `, chosen by what the ${system} alone holds`
  return [
    byKey,
    {
      name: list.field,
      type: `${list.listing.prefix}Connection!`,
      description: `${map.entity} records page by page${held}.`,
      arguments: listArguments(list.listing),
    },
  ]
}
