/** SDL of the generated part of `transact`: an input that holds one operation of any kind on any entity. */

import type { TableMap } from '../../../maps/model.ts'
import { type ArgumentDefinition, type FieldDefinition, inputType } from '../../../schema/sdl.ts'
import { entityNames, OPERATIONS, operationInputName, operationName } from './names.ts'
import { EXPECTED_REVISION } from './write-types.ts'

/** For the maps whose records have mutations of their own. */
export function transactInputs(maps: readonly TableMap[]): string {
  const description = 'One operation of a `transact`: exactly one of the fields below, beside `as`.'
  const as = {
    name: 'as',
    type: 'String',
    description: 'A name that the caller chooses: later operations refer to the record by it, and the results show it.',
  }
  return [
    inputType('TransactOperation', description, [as, ...maps.flatMap(operationFields)]),
    ...maps.flatMap(operationInputs),
  ].join('\n')
}

export const transactMutation: FieldDefinition = {
  name: 'transact',
  type: 'TransactPayload!',
  description:
    'Carries out all of the operations, over any entities, as one transaction: they take effect together, in both ' +
    'systems, or not at all. Each may refer to the records of those before it.',
  arguments: [
    { name: 'operations', type: '[TransactOperation!]!', description: 'What to do, in this order.' },
    {
      name: 'options',
      type: 'WriteOptions',
      description: 'How to carry the transaction out. An `expectedRevision` belongs to each operation instead.',
    },
  ],
}

function operationFields({ entity }: TableMap): readonly ArgumentDefinition[] {
  return OPERATIONS.map((operation) => ({
    name: operationName(operation, entity),
    type: operationInputName(operation, entity),
    description: `As the mutation \`${operationName(operation, entity)}\`.`,
  }))
}

function operationInputs(map: TableMap): readonly string[] {
  const { entity, createInput, updateInput } = entityNames(map)
  const id = { name: 'id', type: 'ID!', description: `Id of the ${entity}.` }
  const created = { name: 'input', type: `${createInput}!`, description: 'Fields of the record.' }
  const changed = { name: 'input', type: `${updateInput}!`, description: 'Fields to change.' }
  const revision = { name: 'expectedRevision', type: 'Int', description: EXPECTED_REVISION }
  return [
    inputType(operationInputName('CREATE', entity), `Creates a ${entity}.`, [created]),
    inputType(operationInputName('UPDATE', entity), `Changes a ${entity}.`, [id, changed, revision]),
    inputType(operationInputName('UPSERT', entity), `Creates a ${entity}, or changes the one that has the key.`, [
      created,
      revision,
    ]),
  ]
}
