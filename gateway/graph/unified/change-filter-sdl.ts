/** SDL of what changes are chosen by, and of how a stream tells the choice back. */

import { type ArgumentDefinition, enumType, type FieldDefinition, inputType, objectType } from '../../../schema/sdl.ts'

const entities = { name: 'entities', type: '[String!]', description: 'Of one of these entities.' }

/** `null` where nothing is asked for. */
const criteria: readonly FieldDefinition[] = [
  { name: 'companies', type: '[String!]', description: 'Of a record of one of these companies.' },
  { name: 'ids', type: '[ID!]', description: 'Of one of the records with these ids.' },
  { name: 'operations', type: '[ChangeOperation!]', description: 'That did one of these.' },
  { name: 'origins', type: '[Origin!]', description: 'That came from one of these.' },
  {
    name: 'changedFields',
    type: '[String!]',
    description:
      'That changed at least one of these fields. A create changes every field that it fills, a delete every one that was.',
  },
]

const ofRecord =
  'Of a record that holds one of the given values in each of these fields. A record enters the stream with the write by ' +
  'which it comes to hold them all, and leaves with the one by which it ceases to. A write of one system alone does not ' +
  'tell of fields that only the other holds: these are taken to hold, so that nothing is missing.'

const values: ArgumentDefinition = { name: 'values', type: '[FieldValues!]', description: ofRecord }

const valuesInForce: FieldDefinition = { name: 'values', type: '[FieldValuesInForce!]', description: ofRecord }

const fieldName = { name: 'field', type: 'String!', description: 'Name of the field.' }

const among = {
  name: 'in',
  type: '[JSON!]!',
  description: 'The values, as answers show them; of a reference the id of its target.',
}

export const changeFilterDefinitions: string = [
  enumType('ChangeOperation', 'What a committed write did to a record.', [
    { name: 'CREATE', description: 'Added it.' },
    { name: 'UPDATE', description: 'Changed it.' },
    { name: 'DELETE', description: 'Removed it.' },
  ]),
  enumType('ChangeStart', 'A place in the change stream.', [
    { name: 'HEAD', description: 'The oldest change that is kept.' },
    { name: 'TAIL', description: 'The end: only what comes from now on.' },
  ]),
  inputType('ChangeFilter', 'Which changes: those that meet every condition given.', [entities, ...criteria, values]),
  inputType('EntityChangeFilter', 'Which changes of an entity: those that meet every condition given.', [
    ...criteria,
    values,
  ]),
  inputType('FieldValues', 'Values that a field of a record is to have one of.', [fieldName, among]),
  objectType('ChangeFilterInForce', 'The filter of a stream, where null stands for any.', [
    entities,
    ...criteria,
    valuesInForce,
  ]),
  objectType('FieldValuesInForce', 'Values that a field of a record is to have one of.', [fieldName, among]),
].join('\n')
