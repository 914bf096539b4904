/**
 * The filters of maps: conditions over one native row that compare columns with constants, as in
 * `customertypecode = 3 and not(statecode in [1, 2])`, so that a store can search by them too.
 */

import type { Row, Value } from '../schema/record.ts'
import type { TableDefinition } from '../schema/table.ts'
import { compileExpression } from './expression/compile.ts'
import type { ExpressionFault } from './expression/lexer.ts'
import { type Expression, parseExpression } from './expression/parser.ts'
import { type ExpressionType, expressionType } from './expression/types.ts'
import { unknownColumn } from './faults.ts'
import { conditionOf, type FilterCondition, nativeConstant } from './filter-condition.ts'
import type { MapSide } from './model.ts'

/** One of the conditions that a row must meet all of; `at` is its offset in the filter. */
export interface Conjunct {
  readonly at: number
  readonly columns: ReadonlySet<string>
  /** Where the condition is that a column has one value. */
  readonly equality: { readonly column: string; readonly value: Value } | null
  readonly holds: (row: Row) => boolean
}

export type CompiledFilter =
  | { readonly ok: true; readonly conjuncts: readonly Conjunct[]; readonly holds: (row: Row) => boolean }
  | { readonly ok: false; readonly faults: readonly ExpressionFault[] }

/** Faults: syntax, unknown columns, types or constants that do not fit, and what no store can search by. */
export function compileFilter(text: string, table: TableDefinition): CompiledFilter {
  const parsed = parseExpression(text)
  if (!parsed.ok) return { ok: false, faults: [parsed.fault] }
  const whole = compileExpression(parsed.expression, (column) => typeIn(table, column))
  if (!whole.ok) return whole
  const faults = [
    ...(whole.type === 'boolean' ? [] : [{ at: parsed.expression.at, message: 'A filter is a condition' }]),
    ...misfits(parsed.expression, table),
  ]
  if (faults.length === 0 && conditionOf(parsed.expression, table) === null) {
    faults.push({ at: parsed.expression.at, message: 'A filter compares columns with constants' })
  }
  if (faults.length > 0) return { ok: false, faults }
  const conjuncts = conjunctsOf(parsed.expression).map((expression) => conjunct(expression, table))
  return { ok: true, conjuncts, holds: (row) => conjuncts.every(({ holds }) => holds(row)) }
}

/** What a record store must be asked for to find the rows of a side; null where the map holds every row of the table. */
export function filterCondition(side: Pick<MapSide, 'filter' | 'table'>): FilterCondition | null {
  if (side.filter === null) return null
  const parsed = parseExpression(side.filter)
  const condition = parsed.ok ? conditionOf(parsed.expression, side.table) : null
  if (condition === null) throw new TypeError(`A map in force has a filter that was never checked: ${side.filter}`)
  return condition
}

/** Whether no row can pass both: some column must equal two different constants. */
export function areDisjoint(a: readonly Conjunct[], b: readonly Conjunct[]): boolean {
  return a.some(({ equality: one }) =>
    b.some(
      ({ equality: other }) =>
        one !== null && other !== null && one.column === other.column && one.value !== other.value,
    ),
  )
}

function conjunct(expression: Expression, table: TableDefinition): Conjunct {
  const compiled = compileExpression(expression, (column) => typeIn(table, column))
  const parts = [...partsOf(expression)]
  return {
    at: expression.at,
    columns: new Set(parts.flatMap((part) => (part.kind === 'column' ? [part.name] : []))),
    equality: equalityOf(expression, table),
    holds: (row) => compiled.ok && compiled.evaluate(row) === true,
  }
}

function conjunctsOf(expression: Expression): readonly Expression[] {
  if (expression.kind !== 'and') return [expression]
  return [...conjunctsOf(expression.left), ...conjunctsOf(expression.right)]
}

function equalityOf(expression: Expression, table: TableDefinition): Conjunct['equality'] {
  if (expression.kind === 'column') return { column: expression.name, value: true }
  if (expression.kind !== 'compare' || expression.operator !== '=') return null
  const [pair] = comparedPairs(expression)
  if (pair === undefined) return null
  const native = nativeConstant(pair.literal.value, pair.column, table)
  return native.ok ? { column: pair.column, value: native.value } : null
}

/** Constants that the column they are compared with can never hold: a condition without an effect is a mistake. */
function misfits(expression: Expression, table: TableDefinition): readonly ExpressionFault[] {
  return [...partsOf(expression)].flatMap(comparedPairs).flatMap(({ column, literal }) => {
    const native = nativeConstant(literal.value, column, table)
    return native.ok ? [] : [{ at: literal.at, message: native.message }]
  })
}

type Literal = Extract<Expression, { kind: 'literal' }>

function comparedPairs(expression: Expression): readonly { readonly column: string; readonly literal: Literal }[] {
  if (expression.kind === 'in') return expression.list.flatMap((item) => paired(expression.operand, item))
  return expression.kind === 'compare' ? paired(expression.left, expression.right) : []
}

function paired(a: Expression, b: Expression): readonly { readonly column: string; readonly literal: Literal }[] {
  if (a.kind === 'column' && b.kind === 'literal') return [{ column: a.name, literal: b }]
  return a.kind === 'literal' && b.kind === 'column' ? [{ column: b.name, literal: a }] : []
}

function typeIn(table: TableDefinition, name: string): ExpressionType | { readonly unknown: string } {
  const column = table.columns[name]
  if (column === undefined) return { unknown: unknownColumn(table, name) }
  return expressionType(column) ?? { unknown: `Column "${name}" holds json, which no filter can judge` }
}

/** The expression and everything in it. */
function* partsOf(expression: Expression): Generator<Expression> {
  yield expression
  for (const part of childrenOf(expression)) yield* partsOf(part)
}

function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'column':
      return []
    case 'call':
      return expression.arguments
    case 'in':
      return [expression.operand, ...expression.list]
    case 'not':
      return [expression.operand]
    case 'choice':
      return [expression.condition, expression.then, expression.otherwise]
    case 'join':
    case 'compare':
    case 'and':
    case 'or':
      return [expression.left, expression.right]
  }
}
