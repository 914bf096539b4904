/** SDL of lists: filters, orders and connections. What has one name has one content, in every schema. */

import { type ArgumentDefinition, enumType, inputType, objectType } from '../../../schema/sdl.ts'
import { PAGE_SIZE_DEFAULT } from './connections.ts'
import { ENUM_OPERATORS, OPERATORS } from './filters.ts'
import type { ListField, Listing, ListTarget } from './listing.ts'

const OPERATOR_TEXTS: Readonly<Record<string, string>> = {
  eq: 'Equal to.',
  ne: 'Not equal to; true of an empty field.',
  in: 'Equal to one of these.',
  gt: 'Greater than; false of an empty field.',
  gte: 'Greater than or equal to; false of an empty field.',
  lt: 'Less than; false of an empty field.',
  lte: 'Less than or equal to; false of an empty field.',
  contains: 'Holds this text, in the same case.',
  startsWith: 'Starts with this text, in the same case.',
  isNull: 'Whether the field is empty.',
}

const LIST_ARGUMENT_TEXTS = {
  filter: 'Only the records that meet every condition.',
  orderBy:
    'The order, the first one first. Records that are equal in it, or all without one, follow the order of their keys.',
  first: 'How many records at most.',
  after: 'Continues after the record with this cursor, of the same list with the same filter and order.',
} as const

/** The arguments of a field that answers with a list's connection. */
export function listArguments({ prefix }: Pick<Listing, 'prefix'>): readonly ArgumentDefinition[] {
  return [
    { name: 'filter', type: `${prefix}Filter`, description: LIST_ARGUMENT_TEXTS.filter },
    { name: 'orderBy', type: `[${prefix}OrderBy!]`, description: LIST_ARGUMENT_TEXTS.orderBy },
    { name: 'first', type: `Int = ${PAGE_SIZE_DEFAULT}`, description: LIST_ARGUMENT_TEXTS.first },
    { name: 'after', type: 'String', description: LIST_ARGUMENT_TEXTS.after },
  ]
}

/** The types of one list: `<prefix>Filter`, `OrderField`, `OrderBy`, `Connection` and `Edge`. */
export function listDefinitions(list: Listing): string {
  const { prefix, node } = list
  const fields = [...list.fields.values()]
  const nested = `[${prefix}Filter!]`
  return [
    inputType(`${prefix}Filter`, `Chooses ${node} records: every condition given must hold.`, [
      ...fields.map(({ name, filter, description }) => ({ name, type: filter, description })),
      ...[...list.targets.values()].map(targetFilter),
      { name: 'and', type: nested, description: 'All of these hold.' },
      { name: 'or', type: nested, description: 'At least one of these holds.' },
      { name: 'not', type: nested, description: 'None of these holds.' },
    ]),
    enumType(
      `${prefix}OrderField`,
      `What ${node} records can be ordered by.`,
      [...list.orders].map(([name, field]) => ({ name, description: field.description })),
    ),
    inputType(`${prefix}OrderBy`, `One step of an order of ${node} records.`, [
      { name: 'field', type: `${prefix}OrderField!`, description: 'What to order by.' },
      { name: 'direction', type: 'OrderDirection! = ASC', description: 'Which way.' },
    ]),
    objectType(`${prefix}Connection`, `A page of a list of ${node} records.`, [
      { name: 'edges', type: `[${prefix}Edge!]!`, description: 'The records of the page, each with its cursor.' },
      { name: 'pageInfo', type: 'PageInfo!', description: 'Where the page lies in the list.' },
      { name: 'totalCount', type: 'Int!', description: 'How many records the whole list has.' },
    ]),
    objectType(`${prefix}Edge`, `A ${node} in a list.`, [
      { name: 'cursor', type: 'String!', description: 'Pass it as `after` to continue from here.' },
      { name: 'node', type: `${node}!`, description: 'The record.' },
    ]),
  ].join('\n')
}

/** What all lists share: page information, direction, and a filter for each type that one of them filters by. */
export function sharedListDefinitions(lists: readonly Listing[], pageInfoDirectives: string): string {
  const fields = lists.flatMap((list) => [...list.fields.values()])
  const filters = new Map(fields.map((field) => [field.filter, field]))
  return [
    objectType(
      'PageInfo',
      'Where a page lies in its list.',
      [
        { name: 'hasNextPage', type: 'Boolean!', description: 'Whether more records follow.' },
        { name: 'hasPreviousPage', type: 'Boolean!', description: 'Whether the page continues an earlier one.' },
        { name: 'startCursor', type: 'String', description: 'Cursor of the first record; null for an empty page.' },
        { name: 'endCursor', type: 'String', description: 'Cursor of the last record; null for an empty page.' },
      ],
      pageInfoDirectives,
    ),
    enumType('OrderDirection', 'Which way an order runs. Text is ordered by Unicode code point.', [
      { name: 'ASC', description: 'The smallest first, and empty fields before all others.' },
      { name: 'DESC', description: 'The greatest first, and empty fields after all others.' },
    ]),
    ...[...filters].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, field]) => filterDefinition(field)),
  ].join('\n')
}

function filterDefinition({ filter, type, isEnum, targets }: ListField): string {
  const operators = isEnum ? ENUM_OPERATORS : (OPERATORS[type] ?? [])
  const subject = targets.length === 0 ? `field of type ${type}` : 'reference, by its id or by the record it leads to'
  return inputType(filter, `Conditions on a ${subject}: every one given must hold.`, [
    ...operators.map((operator) => ({
      name: operator,
      type: operandType(operator, type),
      description: OPERATOR_TEXTS[operator] ?? operator,
    })),
    ...targets.map(targetFilter),
  ])
}

function targetFilter({ name, description, listing }: ListTarget): ArgumentDefinition {
  return { name, type: `${listing().prefix}Filter`, description }
}

function operandType(operator: string, type: string): string {
  if (operator === 'isNull') return 'Boolean'
  return operator === 'in' ? `[${type}!]` : type
}
