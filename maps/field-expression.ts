/** The expressions of fields: over one name, `value`, which holds the other side's native value. */

import type { Column } from '../schema/table.ts'
import { type CompiledExpression, compileExpression } from './expression/compile.ts'
import { parseExpression } from './expression/parser.ts'
import { expressionType } from './expression/types.ts'

/** `value` is the column that the expression reads. */
export function compileFieldExpression(text: string, value: Column): CompiledExpression {
  const parsed = parseExpression(text)
  if (!parsed.ok) return { ok: false, faults: [parsed.fault] }
  return compileExpression(parsed.expression, (name) => {
    if (name !== 'value') return { unknown: `An expression of a field knows "value" alone, not "${name}"` }
    return expressionType(value) ?? { unknown: `No expression can use ${value.name}, which is json` }
  })
}
