/**
 * From an expression to a function over the columns of a row: names and types are checked once, evaluation is pure and
 * total. Emptiness is two-valued, as in the record stores: every comparison is true or false, and `not` is always its
 * complement.
 *
 * - `=` holds between two empty values, `!=` between an empty one and any other; `<`, `<=`, `>`, `>=` never hold with an
 *   empty value; `in` is a chain of `=`.
 * - An empty condition counts as false, and `&` joins an empty value as no text at all.
 * - A function with an empty argument gives an empty value; `$contains` then gives false.
 * - A column that does not hold what its type promises counts as empty.
 */

import type { Row, Value } from '../../schema/record.ts'
import * as functions from './functions.ts'
import type { ExpressionFault } from './lexer.ts'
import { compareNumbers, compareText } from './order.ts'
import type { Comparison, Expression } from './parser.ts'
import { commonType, type ExpressionType, FITS } from './types.ts'

export type Evaluate = (row: Row) => Value

export type CompiledExpression =
  | { readonly ok: true; readonly type: ExpressionType; readonly evaluate: Evaluate }
  | { readonly ok: false; readonly faults: readonly ExpressionFault[] }

/** `typeOf` knows the columns: its type, or what is wrong with the name. */
export function compileExpression(
  expression: Expression,
  typeOf: (column: string) => ExpressionType | { readonly unknown: string },
): CompiledExpression {
  const faults: ExpressionFault[] = []
  const { type, evaluate } = new Compiler(typeOf, faults).compile(expression)
  return faults.length === 0 ? { ok: true, type, evaluate } : { ok: false, faults }
}

interface Typed {
  readonly type: ExpressionType
  readonly evaluate: Evaluate
}

const EMPTY: Typed = { type: 'null', evaluate: () => null }

class Compiler {
  readonly #typeOf: (column: string) => ExpressionType | { readonly unknown: string }
  readonly #faults: ExpressionFault[]

  constructor(typeOf: (column: string) => ExpressionType | { readonly unknown: string }, faults: ExpressionFault[]) {
    this.#typeOf = typeOf
    this.#faults = faults
  }

  compile(expression: Expression): Typed {
    switch (expression.kind) {
      case 'literal': {
        const { type, value } = expression
        return { type, evaluate: () => value }
      }
      case 'column':
        return this.#column(expression)
      case 'call':
        return this.#call(expression)
      case 'join':
        return this.#join(expression)
      case 'compare':
        return this.#compare(expression)
      case 'in':
        return this.#in(expression)
      case 'and':
      case 'or':
        return this.#logic(expression)
      case 'not': {
        const operand = this.#condition(expression.operand)
        return { type: 'boolean', evaluate: (row) => !operand(row) }
      }
      case 'choice':
        return this.#choice(expression)
    }
  }

  #fault(at: number, message: string): Typed {
    this.#faults.push({ at, message })
    return EMPTY
  }

  #column({ name, at }: Extract<Expression, { kind: 'column' }>): Typed {
    const type = this.#typeOf(name)
    if (typeof type === 'object') return this.#fault(at, type.unknown)
    const fits = FITS[type]
    return {
      type,
      evaluate: (row) => {
        const value = row[name] ?? null
        return fits(value) ? value : null
      },
    }
  }

  #call({ function: name, arguments: given, at }: Extract<Expression, { kind: 'call' }>): Typed {
    const [subject, ...rest] = given
    if (subject === undefined) return this.#fault(at, `$${name} needs an argument`)
    const text = name === 'string' || name === 'number' ? this.compile(subject).evaluate : this.#text(subject)
    const [first = EMPTY.evaluate, second = () => Number.MAX_SAFE_INTEGER] = rest.map((argument) =>
      name === 'substring' ? this.#integer(argument) : this.#text(argument),
    )
    switch (name) {
      case 'uppercase':
        return over('text', text, (value) => value.toUpperCase())
      case 'lowercase':
        return over('text', text, (value) => value.toLowerCase())
      case 'trim':
        return over('text', text, (value) => value.trim())
      case 'string':
        return over('text', text, (value) => value)
      case 'length':
        return over('integer', text, functions.length)
      case 'number':
        return over('decimal', text, functions.number)
      case 'substring':
        return { type: 'text', evaluate: (row) => functions.substring(text(row), first(row), second(row)) }
      case 'contains':
        return { type: 'boolean', evaluate: (row) => functions.contains(text(row), first(row)) }
      case 'replace':
        return { type: 'text', evaluate: (row) => functions.replace(text(row), first(row), second(row)) }
    }
  }

  #join({ left, right }: Extract<Expression, { kind: 'join' }>): Typed {
    const [before, after] = [this.compile(left).evaluate, this.compile(right).evaluate]
    return { type: 'text', evaluate: (row) => `${before(row) ?? ''}${after(row) ?? ''}` }
  }

  #compare({ operator, left, right, at }: Extract<Expression, { kind: 'compare' }>): Typed {
    const [a, b] = [this.compile(left), this.compile(right)]
    const compare = this.#comparable(a, b, at)
    const ordered = operator !== '=' && operator !== '!='
    if (ordered && [a.type, b.type].some((type) => type === 'boolean' || type === 'null')) {
      return this.#fault(at, `"${operator}" cannot order ${a.type} and ${b.type}`)
    }
    return {
      type: 'boolean',
      evaluate: (row) => {
        const [one, other] = [a.evaluate(row), b.evaluate(row)]
        if (one === null || other === null) return operator === (one === other ? '=' : '!=')
        return HOLDS[operator](compare(one, other))
      },
    }
  }

  #in({ operand, list, at }: Extract<Expression, { kind: 'in' }>): Typed {
    const subject = this.compile(operand)
    const items = list.map((item) => {
      const { type, evaluate } = this.compile(item)
      return { evaluate, compare: this.#comparable(subject, { type, evaluate }, item.at) }
    })
    if (subject.type === 'null') return this.#fault(at, '"in" needs a value to look for')
    return {
      type: 'boolean',
      evaluate: (row) => {
        const value = subject.evaluate(row)
        return items.some(({ evaluate, compare }) => {
          const item = evaluate(row)
          return value === null || item === null ? value === item : compare(value, item) === 0
        })
      },
    }
  }

  #logic({ kind, left, right }: Extract<Expression, { kind: 'and' | 'or' }>): Typed {
    const [a, b] = [this.#condition(left), this.#condition(right)]
    return { type: 'boolean', evaluate: kind === 'and' ? (row) => a(row) && b(row) : (row) => a(row) || b(row) }
  }

  #choice({ condition, then, otherwise, at }: Extract<Expression, { kind: 'choice' }>): Typed {
    const test = this.#condition(condition)
    const [a, b] = [this.compile(then), this.compile(otherwise)]
    const type = commonType(a.type, b.type)
    if (type === null) return this.#fault(at, `The branches give ${a.type} and ${b.type}: they must give the same`)
    const chosen: Evaluate = (row) => (test(row) ? a : b).evaluate(row)
    return { type, evaluate: type === 'decimal' ? (row) => decimalOf(chosen(row)) : chosen }
  }

  #condition(expression: Expression): (row: Row) => boolean {
    const { type, evaluate } = this.compile(expression)
    if (type !== 'boolean') this.#fault(expression.at, `Expected a condition, not ${type}`)
    return (row) => evaluate(row) === true
  }

  #text(expression: Expression): Evaluate {
    const { type, evaluate } = this.compile(expression)
    if (type !== 'text' && type !== 'null') this.#fault(expression.at, `Expected text, not ${type}: use $string`)
    return evaluate
  }

  #integer(expression: Expression): Evaluate {
    const { type, evaluate } = this.compile(expression)
    if (type !== 'integer') this.#fault(expression.at, `Expected a whole number, not ${type}`)
    return evaluate
  }

  #comparable(a: Typed, b: Typed, at: number): (one: Value, other: Value) => number {
    const type = commonType(a.type, b.type)
    if (type === null) this.#fault(at, `Cannot compare ${a.type} with ${b.type}`)
    return type === 'integer' || type === 'decimal'
      ? (one, other) => compareNumbers(asNumber(one), asNumber(other))
      : (one, other) => compareText(String(one), String(other))
  }
}

const HOLDS: Readonly<Record<Comparison, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

function asNumber(value: Value): number | string {
  return typeof value === 'number' ? value : String(value)
}

/** A whole number among decimals takes their form. */
function decimalOf(value: Value): Value {
  return value === null ? null : String(value)
}

function over(type: ExpressionType, argument: Evaluate, apply: (text: string) => Value): Typed {
  return {
    type,
    evaluate: (row) => {
      const value = argument(row)
      return value === null ? null : apply(String(value))
    },
  }
}
