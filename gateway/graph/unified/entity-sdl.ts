/** The generated part of the unified subgraph's SDL: for each map an entity stub, its inputs, its payload, its mutations. */

import {
  entityDescription,
  enumDefinitions,
  fieldDescription,
  graphqlTypeOf,
  ID_DESCRIPTION,
} from '../../../maps/graphql.ts'
import type { Field, MapSet, TableMap } from '../../../maps/model.ts'
import { type ArgumentDefinition, enumType, type FieldDefinition, inputType, objectType } from '../../../schema/sdl.ts'
import type { Column } from '../../../schema/table.ts'
import { entityNames } from './names.ts'

/** SDL of everything derived from the maps, but for the scalars and the types of the hand-written part. */
export function entityDefinitions(mapSet: MapSet): string {
  const { maps } = mapSet
  return [
    syncStateDefinition,
    enumDefinitions(maps),
    ...maps.map(entityStub),
    ...referencedMaps(mapSet).map(referenceInput),
    ...maps.flatMap((map) => [createInput(map), updateInput(map), payload(map)]),
    objectType('Mutation', mutationDescription, maps.flatMap(mutations)),
  ].join('\n')
}

const syncStateDefinition = enumType('SyncState', 'How the two systems stand to each other over one record.', [
  { name: 'IN_STEP', description: 'Both systems hold the same version.' },
  { name: 'PENDING', description: 'One system has a write that is on its way to the other.' },
  { name: 'DIVERGED', description: 'The systems hold different versions, and nothing is on its way.' },
  { name: 'ONE_SIDED', description: 'Only one system has the record.' },
])

const mutationDescription =
  'Writes to both systems. Each field is a transaction of its own: it takes effect in every system that it concerns, or in ' +
  'none. The fields of one request are carried out one after the other, in the order written, and one that is refused ' +
  'does not stop the next; what is selected below them is read after the last.'

function entityStub(map: TableMap): string {
  return objectType(
    map.entity,
    entityDescription(map),
    [
      { name: 'id', type: 'ID!', description: ID_DESCRIPTION },
      { name: 'sync', type: 'SyncState!', description: 'Whether both systems hold the same version of the record.' },
    ],
    '@key(fields: "id")',
  )
}

function referencedMaps({ maps, byEntity }: MapSet): readonly TableMap[] {
  const referenced = new Set<TableMap>()
  for (const { type } of maps.flatMap((map) => map.fields)) {
    const target = type.kind === 'reference' ? byEntity.get(type.entity) : undefined
    if (target !== undefined) referenced.add(target)
  }
  return maps.filter((map) => referenced.has(map))
}

function referenceInput(map: TableMap): string {
  const { entity, reference } = entityNames(map)
  const company = map.scope === 'company' ? map.key[0] : undefined
  const keys = map.key.map((field) => ({
    name: field.name,
    type: graphqlTypeOf(field),
    description:
      field === company ? 'Company; left out, it is that of the record that refers.' : fieldDescription(map, field),
  }))
  const description = `Names a ${entity}, either by its id or by its integration key.`
  return inputType(reference, description, [
    { name: 'id', type: 'ID', description: `Id of the ${entity}; the key is not looked at then.` },
    ...keys,
  ])
}

function createInput(map: TableMap): string {
  const { entity, createInput } = entityNames(map)
  const description =
    `A new ${entity}. Whatever is missing or wrong is reported in the payload, all of it together, so every field may be ` +
    'left out here.'
  return inputType(createInput, description, map.fields.filter((field) => isWritable(map, field)).map(inputField(map)))
}

function updateInput(map: TableMap): string {
  const { entity, updateInput } = entityNames(map)
  const description = `Changes to a ${entity}. A field left out stays as it is; null empties it.`
  const fields = map.fields.filter((field) => isChangeable(map, field))
  return inputType(
    updateInput,
    description,
    fields.map((field) => ({ ...inputField(map)(field), description: fieldDescription(map, field) })),
  )
}

function inputField(map: TableMap): (field: Field) => ArgumentDefinition {
  return (field) => ({
    name: field.name,
    type: field.type.kind === 'reference' ? entityNames({ entity: field.type.entity }).reference : graphqlTypeOf(field),
    description: [fieldDescription(map, field), ...whenLeftOut(field)].join(' '),
  })
}

function whenLeftOut(field: Field): readonly string[] {
  if (field.kind === 'key') return [field.sequence === null ? 'Required.' : `Left out: drawn from ${field.sequence}.`]
  if (field.default !== undefined && field.default !== null) return [`Left out: ${String(field.default)}.`]
  return field.required ? ['Required.'] : []
}

function payload(map: TableMap): string {
  const { entity, field, payload } = entityNames(map)
  const fields: readonly FieldDefinition[] = [
    { name: field, type: entity, description: `The ${entity} as it stands after the write; null where there is none.` },
    { name: 'id', type: 'ID', description: `Id of the ${entity} that was written, or deleted.` },
    { name: 'transaction', type: 'Transaction', description: 'How the write went; null where none was begun.' },
    {
      name: 'errors',
      type: '[WriteError!]!',
      description: 'Every reason of a refusal, of both systems; empty if there is none.',
    },
  ]
  return objectType(payload, `Answer to a write of a ${entity}.`, fields)
}

function mutations(map: TableMap): readonly FieldDefinition[] {
  const { entity, createInput, updateInput, payload } = entityNames(map)
  const id = { name: 'id', type: 'ID!', description: `Id of the ${entity}.` }
  const created = { name: 'input', type: `${createInput}!`, description: 'Fields of the record.' }
  const changed = { name: 'input', type: `${updateInput}!`, description: 'Fields to change.' }
  const options = { name: 'options', type: 'WriteOptions', description: 'How to carry the write out.' }
  const mutation = (verb: string, description: string, list: readonly ArgumentDefinition[]): FieldDefinition => ({
    name: `${verb}${entity}`,
    type: `${payload}!`,
    description,
    arguments: list,
  })
  return [
    mutation('create', `Creates a ${entity} in both systems. Refused DUPLICATE if either has it.`, [created, options]),
    mutation('update', `Changes a ${entity}, in every system that holds one of the given fields.`, [
      id,
      changed,
      options,
    ]),
    mutation('upsert', `Creates a ${entity}, or changes the one that has the key, completing a side that lacks it.`, [
      created,
      options,
    ]),
    mutation('delete', `Deletes a ${entity} from both systems.`, [id, options]),
  ]
}

/** A generated column is filled by its system: nobody writes it. */
function isWritable(map: TableMap, field: Field): boolean {
  return !columnsOf(map, field).some((column) => column.generated)
}

function isChangeable(map: TableMap, field: Field): boolean {
  return field.kind !== 'key' && isWritable(map, field) && !columnsOf(map, field).some((column) => column.immutable)
}

function columnsOf(map: TableMap, field: Field): readonly Column[] {
  const places =
    field.kind === 'own'
      ? [map.sides[field.system].table.columns[field.column]]
      : [map.sides.CRM.table.columns[field.columns.CRM], map.sides.ERP.table.columns[field.columns.ERP]]
  return places.filter((column) => column !== undefined)
}
