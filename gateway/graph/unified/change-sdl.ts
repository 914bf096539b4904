/**
 * SDL of the change stream: subscriptions to the changes of every entity together and to those of each by itself, their
 * messages, and the page by page reading of the same. All of it is generated, so that a change says the same everywhere.
 */

import type { MapSet, TableMap } from '../../../maps/model.ts'
import {
  type ArgumentDefinition,
  extendedType,
  type FieldDefinition,
  interfaceType,
  objectType,
} from '../../../schema/sdl.ts'
import { changeFilterDefinitions } from './change-filter-sdl.ts'
import { type EntityNames, entityNames } from './names.ts'

export const CHANGE_PAGE_SIZE = 50

export function changeDefinitions({ maps }: MapSet): string {
  const interfaces = ['ChangeMessage', ...maps.map((map) => entityNames(map).changeMessage)]
  return [
    changeFilterDefinitions,
    interfaceType('ChangeMessage', 'A message of the change stream.', [cursor]),
    objectType('StreamOpened', 'The first message of every stream.', [cursor, filterInForce], implementing(interfaces)),
    objectType('Heartbeat', HEARTBEAT, [cursor], implementing(interfaces)),
    ...recordMessages('record', ALL_NAMES, []),
    ...maps.flatMap(entityMessages),
    objectType('ChangeEdge', 'A message in a page of changes.', edgeFields),
    objectType('ChangeConnection', 'A page of the change stream.', connectionFields),
    extendedType('Query', [changesQuery]),
    objectType('Subscription', SUBSCRIPTION, [changesSubscription, ...maps.map(entitySubscription)]),
  ].join('\n')
}

const SUBSCRIPTION =
  'Follows what is committed in either system, whoever wrote it. Each message has a cursor: who comes back with the last ' +
  'one goes on there, and nothing is missing. What comes twice is told by transactionId and id together.'

const HEARTBEAT =
  'Comes where nothing else did for a while: the stream is alive, and looked through as far as the cursor.'

const cursor: FieldDefinition = {
  name: 'cursor',
  type: 'String!',
  description: 'Pass it as `after` to go on from here.',
}

const filterInForce: FieldDefinition = {
  name: 'filter',
  type: 'ChangeFilterInForce!',
  description: 'The filter, as it was understood.',
}

type MessageNames = Pick<EntityNames, 'changeMessage' | 'change' | 'leftFilter' | 'snapshotRow'>

const ALL_NAMES: MessageNames = {
  changeMessage: 'ChangeMessage',
  change: 'Change',
  leftFilter: 'LeftFilter',
  snapshotRow: 'SnapshotRow',
}

function entityMessages(map: TableMap): readonly string[] {
  const names = entityNames(map)
  const { entity, field, changeMessage } = names
  const record = {
    name: field,
    type: entity,
    description: `The ${entity} as both systems showed it when the message was made, which those who ask the same share: never older than the change, maybe newer; null where it was gone by then.`,
  }
  return [
    interfaceType(changeMessage, `A message of the stream of ${entity} changes.`, [cursor]),
    ...recordMessages(entity, names, [record]),
  ]
}

/** The messages that speak of a record; `what` names it. */
function recordMessages(what: string, names: MessageNames, more: readonly FieldDefinition[]): readonly string[] {
  const kind = implementing([names.changeMessage])
  return [
    objectType(names.change, `A committed write of one ${what}.`, [cursor, entered, ...written, ...more], kind),
    objectType(
      names.leftFilter,
      `A write by which a ${what} ceased to match the filter. One that was deleted is told by a ${names.change} instead.`,
      [cursor, ...written, ...more],
      kind,
    ),
    objectType(
      names.snapshotRow,
      `A ${what} that is there already: comes before the changes where a snapshot was asked for.`,
      [cursor, ...identity, revision, record, ...more],
      kind,
    ),
  ]
}

const entered: FieldDefinition = {
  name: 'entered',
  type: 'Boolean!',
  description: 'Whether the record came to match the filter with this write.',
}

const identity: readonly FieldDefinition[] = [
  { name: 'entity', type: 'String!', description: 'Entity of the record.' },
  { name: 'id', type: 'ID!', description: 'Id of the record.' },
  { name: 'company', type: 'String', description: 'Company of the record; null where its entity has none.' },
]

const revision: FieldDefinition = {
  name: 'revision',
  type: 'Int!',
  description: 'Revision of the record, after the write where it was written.',
}

const record: FieldDefinition = {
  name: 'record',
  type: 'JSON!',
  description: 'Fields of the record by name; a reference is the id of its target.',
}

const written: readonly FieldDefinition[] = [
  { name: 'at', type: 'DateTime!', description: 'When the write was committed. Nothing is ordered by it.' },
  { name: 'transactionId', type: 'ID!', description: 'The transaction that the write was part of.' },
  { name: 'origin', type: 'Origin!', description: 'Where the write came from.' },
  { name: 'actor', type: 'String', description: 'Who asked for it, as far as is known.' },
  ...identity,
  { name: 'operation', type: 'ChangeOperation!', description: 'What the write did.' },
  { name: 'systems', type: '[System!]!', description: 'The systems that it concerned.' },
  revision,
  { name: 'changedFields', type: '[String!]!', description: 'Fields whose value is another than before.' },
  {
    name: 'before',
    type: 'JSON',
    description: 'Fields of the record before the write, by name; null where there was none.',
  },
  {
    name: 'after',
    type: 'JSON',
    description:
      'Fields of the record after the write, by name, a reference as the id of its target; null where it is gone.',
  },
]

const after: ArgumentDefinition = {
  name: 'after',
  type: 'String',
  description: 'Goes on after the message with this cursor; `from` is not looked at then.',
}

const subscribing: readonly ArgumentDefinition[] = [
  after,
  { name: 'from', type: 'ChangeStart = TAIL', description: 'Where to begin without a cursor or a snapshot.' },
  {
    name: 'snapshot',
    type: 'Boolean = false',
    description:
      'Whether the records that are there and match come first, and then what changes from now on, whatever `from` says. ' +
      'A cursor knows, so this is not looked at beside `after`.',
  },
]

const changesSubscription: FieldDefinition = {
  name: 'changes',
  type: 'ChangeMessage!',
  description: 'Changes of every entity.',
  arguments: [{ name: 'filter', type: 'ChangeFilter', description: 'Which ones; all if left out.' }, ...subscribing],
}

function entitySubscription(map: TableMap): FieldDefinition {
  const { entity, changed, changeMessage } = entityNames(map)
  const company = { name: 'company', type: 'String', description: `Only ${entity} records of this company.` }
  return {
    name: changed,
    type: `${changeMessage}!`,
    description: `Changes of ${entity} records, each with the fields of both systems that are selected below it.`,
    arguments: [
      { name: 'id', type: 'ID', description: `Only the ${entity} with this id.` },
      ...(map.scope === 'company' ? [company] : []),
      { name: 'filter', type: 'EntityChangeFilter', description: 'Which ones beyond that; all if left out.' },
      ...subscribing,
    ],
  }
}

const edgeFields: readonly FieldDefinition[] = [
  { ...cursor, description: 'Pass it as `after` to continue from here.' },
  { name: 'node', type: 'ChangeMessage!', description: 'A Change, or a LeftFilter.' },
]

const connectionFields: readonly FieldDefinition[] = [
  { name: 'edges', type: '[ChangeEdge!]!', description: 'The messages of the page, each with its cursor.' },
  {
    name: 'pageInfo',
    type: 'PageInfo!',
    description: 'Where the page lies in the stream. Its end cursor is where to go on, also where nothing matched.',
  },
]

const changesQuery: FieldDefinition = {
  name: 'changes',
  type: 'ChangeConnection!',
  description:
    'The change stream page by page, the oldest first. A page may hold fewer than asked for, or none, while more ' +
    'follow: go on after its `endCursor`, which is also where a subscription can take over.',
  arguments: [
    { name: 'filter', type: 'ChangeFilter', description: 'Which ones; all if left out.' },
    after,
    { name: 'from', type: 'ChangeStart = HEAD', description: 'Where to begin without a cursor.' },
    { name: 'first', type: `Int = ${CHANGE_PAGE_SIZE}`, description: 'How many at most.' },
  ],
}

function implementing(interfaces: readonly string[]): string {
  return `implements ${interfaces.join(' & ')}`
}
