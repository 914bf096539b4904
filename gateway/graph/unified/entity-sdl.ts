/** The generated part of the unified subgraph's SDL: for each map an entity stub, its inputs, its payload, its mutations. */

import { entityDescription, enumDefinitions, ID_DESCRIPTION } from '../../../maps/graphql.ts'
import type { MapSet, TableMap } from '../../../maps/model.ts'
import { type ArgumentDefinition, enumType, type FieldDefinition, objectType } from '../../../schema/sdl.ts'
import type { EntityOperation } from '../../sync/write.ts'
import { changeDefinitions } from './change-sdl.ts'
import { entityInputs } from './input-sdl.ts'
import { entityNames, operationName } from './names.ts'
import { referenceInputs } from './reference-sdl.ts'
import { transactInputs, transactMutation } from './transact-sdl.ts'
import { writableMaps } from './writable.ts'

/** SDL of everything derived from the maps, but for the scalars and the types of the hand-written part. */
export function entityDefinitions(mapSet: MapSet): string {
  const { maps } = mapSet
  const written = writableMaps(mapSet)
  return [
    syncStateDefinition,
    enumDefinitions(maps),
    ...maps.map(entityStub),
    referenceInputs(mapSet),
    ...maps.flatMap((map) => entityInputs(mapSet, map)),
    ...written.map(payload),
    transactInputs(written),
    objectType('Mutation', mutationDescription, [...written.flatMap(mutations), transactMutation]),
    changeDefinitions(mapSet),
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
      {
        name: 'sync',
        type: 'SyncState',
        description:
          'Whether both systems hold the same version of the record; null, with an error, while one does not answer.',
      },
    ],
    '@key(fields: "id")',
  )
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
  const mutation = (
    operation: EntityOperation['operation'],
    description: string,
    list: readonly ArgumentDefinition[],
  ): FieldDefinition => ({
    name: operationName(operation, entity),
    type: `${payload}!`,
    description,
    arguments: list,
  })
  return [
    mutation('CREATE', `Creates a ${entity} in both systems. Refused DUPLICATE if either has it.`, [created, options]),
    mutation('UPDATE', `Changes a ${entity}, in every system that holds one of the given fields.`, [
      id,
      changed,
      options,
    ]),
    mutation('UPSERT', `Creates a ${entity}, or changes the one that has the key, completing a side that lacks it.`, [
      created,
      options,
    ]),
    mutation('DELETE', `Deletes a ${entity} from both systems.`, [id, options]),
  ]
}
