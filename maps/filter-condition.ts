/** A filter as data, for a record store to search by. */

import type { Value } from '../schema/record.ts'
import type { TableDefinition } from '../schema/table.ts'
import { canonical } from '../schema/value.ts'
import type { Comparison, Expression } from './expression/parser.ts'

/** Two-valued: a comparison with an empty column is false (`ne` is true). `{all: []}` holds always, `{any: []}` never. */
export type FilterCondition =
  | {
      readonly column: string
      readonly is: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'contains'
      readonly value: Value
    }
  | { readonly column: string; readonly is: 'in'; readonly values: readonly Value[] }
  | { readonly column: string; readonly is: 'null' }
  | { readonly all: readonly FilterCondition[] }
  | { readonly any: readonly FilterCondition[] }
  | { readonly not: FilterCondition }

const IS = { '=': 'eq', '!=': 'ne', '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' } as const
const MIRRORED = { '=': '=', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const

/** Null for what only a record at hand can be tried with: an expression that computes, or compares two columns. */
export function conditionOf(expression: Expression, table: TableDefinition): FilterCondition | null {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const [left, right] = [conditionOf(expression.left, table), conditionOf(expression.right, table)]
      if (left === null || right === null) return null
      return expression.kind === 'and' ? { all: [left, right] } : { any: [left, right] }
    }
    case 'not': {
      const operand = conditionOf(expression.operand, table)
      return operand === null ? null : { not: operand }
    }
    case 'compare':
      return comparison(expression.operator, expression.left, expression.right, table)
    case 'in': {
      const equalities = expression.list.map((item) => comparison('=', expression.operand, item, table))
      return equalities.includes(null) ? null : { any: equalities.filter((equality) => equality !== null) }
    }
    case 'call':
      return containment(expression)
    case 'column':
      return { column: expression.name, is: 'eq', value: true }
    case 'literal':
      return expression.value === true ? { all: [] } : { any: [] }
    case 'join':
    case 'choice':
      return null
  }
}

function comparison(
  operator: Comparison,
  left: Expression,
  right: Expression,
  table: TableDefinition,
): FilterCondition | null {
  if (left.kind === 'literal' && right.kind === 'column') return comparison(MIRRORED[operator], right, left, table)
  if (left.kind !== 'column' || right.kind !== 'literal') return null
  const column = left.name
  if (right.value === null) {
    return operator === '=' ? { column, is: 'null' } : { not: { column, is: 'null' } }
  }
  const native = nativeConstant(right.value, column, table)
  return { column, is: IS[operator], value: native.ok ? native.value : right.value }
}

function containment(expression: Extract<Expression, { kind: 'call' }>): FilterCondition | null {
  const [subject, part] = expression.arguments
  if (expression.function !== 'contains' || subject?.kind !== 'column' || part?.kind !== 'literal') return null
  return part.value === null ? { any: [] } : { column: subject.name, is: 'contains', value: part.value }
}

/** A constant in the form of the column it is compared with: `5` is `"5.00"` for an amount. */
export function nativeConstant(value: Value, column: string, table: TableDefinition): ReturnType<typeof canonical> {
  const definition = table.columns[column]
  if (definition === undefined) return { ok: false, message: `${table.table} has no column "${column}"` }
  return canonical(definition, definition.type === 'decimal' && typeof value === 'number' ? String(value) : value)
}
