/** The types that expressions know, and how columns look to them. */

import type { Value } from '../../schema/record.ts'
import type { Column } from '../../schema/table.ts'
import { isDecimal } from './order.ts'

/** Whole numbers evaluate to numbers, decimals to text; `null` is the type of the word alone. */
export type ExpressionType = 'text' | 'integer' | 'decimal' | 'boolean' | 'null'
/** What a column looks like to an expression; null for a json column, which no expression can use. */
export function expressionType(column: Column): ExpressionType | null {
  switch (column.type) {
    case 'integer':
    case 'decimal':
    case 'boolean':
      return column.type
    case 'enum':
      return typeof column.values?.[0] === 'number' ? 'integer' : 'text'
    case 'json':
      return null
    case 'string':
    case 'date':
    case 'dateTime':
    case 'guid':
      return 'text'
  }
}

/** Whether a value that is there is of the type. */
export const FITS: Readonly<Record<ExpressionType, (value: Value) => boolean>> = {
  text: (value) => typeof value === 'string',
  integer: (value) => Number.isSafeInteger(value),
  decimal: (value) => typeof value === 'string' && isDecimal(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
}

/** The type that holds both, null where there is none. */
export function commonType(a: ExpressionType, b: ExpressionType): ExpressionType | null {
  if (a === b || b === 'null') return a
  if (a === 'null') return b
  const numeric = [a, b].every((type) => type === 'integer' || type === 'decimal')
  return numeric ? 'decimal' : null
}
