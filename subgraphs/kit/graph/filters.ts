/** From a filter of the graph to a condition on a table's columns. */

import type { Value } from '../../../schema/record.ts'
import type { Comparison, Condition } from '../stores/record-store.ts'
import { badArgument } from './bad-argument.ts'
import { type ListField, type Listing, type ListTarget, leadingTo } from './listing.ts'

/** Every operator that a type's filter has, in the order of its definition. */
export const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  String: ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'contains', 'startsWith', 'isNull'],
  Int: ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'isNull'],
  Decimal: ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'isNull'],
  Date: ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'isNull'],
  DateTime: ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'isNull'],
  Boolean: ['eq', 'ne', 'isNull'],
  ID: ['eq', 'ne', 'in', 'isNull'],
}
/** Of an enum's filter. */
export const ENUM_OPERATORS: readonly string[] = ['eq', 'ne', 'in', 'isNull']

/** What one filter may hold: beyond it a store would refuse the query, or be kept busy by it. */
const DEPTH_MAX = 10
const CONDITIONS_MAX = 200
const VALUES_MAX = 1_000
/** Each is a search of its own in another table. */
const REFERENCES_MAX = 20

const NOTHING: Condition = { any: [] }

type Given = Readonly<Record<string, unknown>>

/** Where in a filter a condition is: the list whose records it chooses, and how deep it lies. */
interface Place {
  readonly list: Listing
  readonly path: string
  readonly depth: number
}

/** The condition that a coerced filter stands for. Throws BAD_USER_INPUT for one that cannot be asked. */
export function filterCondition(list: Listing, filter: Given): Condition {
  const budget = { conditions: CONDITIONS_MAX, values: VALUES_MAX, references: REFERENCES_MAX }
  return combined(filter, { list, path: 'filter', depth: 1 })

  function combined(given: Given, place: Place): Condition {
    spend('conditions', 1, `A filter holds at most ${CONDITIONS_MAX} conditions`)
    if (place.depth > DEPTH_MAX) throw badArgument('filter', `A filter nests at most ${DEPTH_MAX} levels deep`)
    return { all: Object.entries(given).map(([name, value]) => member(name, value, below(place, name))) }
  }

  function member(name: string, value: unknown, place: Place): Condition {
    const { list, path } = place
    if (name === 'and' || name === 'or' || name === 'not') {
      const deeper = { ...place, depth: place.depth + 1 }
      const members = listOf(value, path).map((one) => combined(objectOf(one, path), deeper))
      if (name === 'and') return { all: members }
      return name === 'or' ? { any: members } : { not: { any: members } }
    }
    const target = list.targets.get(name)
    if (target !== undefined) return referring(target, value, place)
    const field = list.fields.get(name)
    if (field === undefined) throw new TypeError(`${path} is in the schema and not in the list`)
    const asked = Object.entries(objectOf(value, path))
    return { all: asked.map(([operator, operand]) => conditionOn(field, operator, operand, below(place, operator))) }
  }

  function conditionOn(field: ListField, operator: string, operand: unknown, place: Place): Condition {
    const target = field.targets.find(({ name }) => name === operator)
    if (target !== undefined) return referring(target, operand, place)
    return compared(field, operator, operand, place.path)
  }

  function referring(target: ListTarget, given: unknown, { path, depth }: Place): Condition {
    spend('references', 1, `A filter looks through at most ${REFERENCES_MAX} references`)
    return leadingTo(target, combined(objectOf(given, path), { list: target.listing(), path, depth: depth + 1 }))
  }

  function compared(field: ListField, operator: string, operand: unknown, path: string): Condition {
    spend('conditions', 1, `A filter holds at most ${CONDITIONS_MAX} conditions`)
    if (operand === null) throw nullOperand(path)
    if (operator === 'isNull') return operand === true ? emptiness(field) : { not: emptiness(field) }
    if (operator === 'in') return isAny(field, listOf(operand, path), path)
    return comparison(field, operator as Comparison, operand as Value, path)
  }

  function isAny(field: ListField, values: readonly unknown[], path: string): Condition {
    spend('values', values.length, `A filter holds at most ${VALUES_MAX} values in its \`in\` lists`)
    const [column, ...others] = field.columns
    if (others.length > 0) return { any: values.map((value) => comparison(field, 'eq', value as Value, path)) }
    const natives = values.flatMap((value) => native(field, value as Value, path) ?? [])
    return { column, is: 'in', values: natives }
  }

  function spend(what: keyof typeof budget, amount: number, message: string): void {
    budget[what] -= amount
    if (budget[what] < 0) throw badArgument('filter', message)
  }
}

function below(place: Place, name: string): Place {
  return { ...place, path: `${place.path}.${name}` }
}

function emptiness(field: ListField): Condition {
  return { column: field.columns[0], is: 'null' }
}

function comparison(field: ListField, is: Comparison, value: Value, path: string): Condition {
  const values = native(field, value, path)
  const [column, ...others] = field.columns
  if (others.length === 0 && values !== null) return { column, is, value: values[0] ?? null }
  const equal = values === null ? NOTHING : allEqual(field.columns, values)
  return is === 'ne' ? { not: equal } : equal
}

/** Records whose columns hold just these values. */
function allEqual(columns: readonly string[], values: readonly Value[]): Condition {
  return { all: columns.map((column, position) => ({ column, is: 'eq', value: values[position] ?? null })) }
}

function native(field: ListField, value: Value, path: string): readonly Value[] | null {
  const operand = field.operand(value)
  if (!operand.ok) throw badArgument('filter', `${path}: ${operand.message}`)
  return operand.values
}

function listOf(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw nullOperand(path)
  return value
}

function objectOf(value: unknown, path: string): Given {
  if (value === null || typeof value !== 'object') throw nullOperand(path)
  return value as Given
}

function nullOperand(path: string) {
  return badArgument('filter', `${path} is null: leave it out, or ask for empty fields with \`isNull\``)
}
