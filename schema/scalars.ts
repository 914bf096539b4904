/**
 * The scalars of every schema in the house. Their values are strings inside as outside, so that nothing on the way
 * rounds an amount or moves an instant.
 */

import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { GraphQLJSON } from 'graphql-scalars'
import { scalarType } from './sdl.ts'

const DECIMAL = /^[+-]?\d+(\.\d+)?$/
const DATE = /^\d{4}-\d{2}-\d{2}$/
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/

/** Reads one value, or throws a GraphQLError that says what is wrong with it. */
type Reader = (value: unknown) => string

const Decimal = textScalar(
  'Decimal',
  'An exact decimal number, written as a string with the scale of its field, for example "1250.00". ' +
    'A number literal is refused: it would lose cents on the way.',
  (value) => {
    if (typeof value === 'number') {
      throw new GraphQLError('Decimal takes a string, so that no digit is lost: send the number in quotes')
    }
    if (typeof value === 'string' && DECIMAL.test(value)) return value
    throw new GraphQLError('Decimal takes a string of digits with an optional sign and point, for example "1250.00"')
  },
)

const CalendarDate = textScalar(
  'Date',
  'A calendar date without time or zone, written YYYY-MM-DD, for example "2024-05-31".',
  (value) => {
    if (typeof value === 'string' && isDate(value)) return value
    throw new GraphQLError('Date takes a real calendar date written YYYY-MM-DD, for example "2024-05-31"')
  },
)

const DateTime = textScalar(
  'DateTime',
  'An instant, written as ISO 8601, for example "2024-05-31T12:00:00.000Z". Answers are in UTC with milliseconds; ' +
    'another offset is converted.',
  (value) => {
    const time =
      typeof value === 'string' && INSTANT.test(value) && isDate(value.slice(0, 10)) ? Date.parse(value) : Number.NaN
    if (!Number.isNaN(time)) return new Date(time).toISOString()
    throw new GraphQLError('DateTime takes an instant as ISO 8601 with a zone, for example "2024-05-31T12:00:00Z"')
  },
)

const Json = new GraphQLScalarType({ ...GraphQLJSON.toConfig(), description: 'Any JSON value.', specifiedByURL: null })

/** Every scalar by its GraphQL name. */
export const SCALARS = { Decimal, Date: CalendarDate, DateTime, JSON: Json } as const

/** The same scalars as SDL, identical wherever it is printed. */
export const scalarDefinitions: string = Object.values(SCALARS)
  .map((scalar) => scalarType(scalar.name, scalar.description ?? scalar.name))
  .join('\n')

function textScalar(name: string, description: string, read: Reader): GraphQLScalarType<string, string> {
  return new GraphQLScalarType({
    name,
    description,
    serialize: read,
    parseValue: read,
    parseLiteral: (node) => read(literalValue(node)),
  })
}

function literalValue(node: ValueNode): unknown {
  switch (node.kind) {
    case Kind.STRING:
      return node.value
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value)
    default:
      return undefined
  }
}

function isDate(text: string): boolean {
  if (!DATE.test(text)) return false
  const time = Date.parse(`${text}T00:00:00.000Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}
