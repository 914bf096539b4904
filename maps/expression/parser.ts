/**
 * The syntax of expressions, which is JSONata's as far as it goes:
 *
 *     choice     = or [ "?" choice ":" choice ]
 *     or         = and { "or" and }
 *     and        = comparison { "and" comparison }
 *     comparison = joined [ ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) joined | "in" "[" choice { "," choice } "]" ]
 *     joined     = operand { "&" operand }
 *     operand    = literal | column | "$"function "(" [ choice { "," choice } ] ")" | "not" "(" choice ")" | "(" choice ")"
 *     literal    = text in single or double quotes | number | "true" | "false" | "null"
 *
 * A column whose name is one of the words stands between backticks.
 */

import { suggest } from '../faults.ts'
import { ExpressionError, type ExpressionFault, type Punctuation, type Token, tokenize } from './lexer.ts'

export const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='] as const
export type Comparison = (typeof COMPARISONS)[number]

/** Functions and how many arguments each takes, at least and at most. */
const FUNCTIONS = {
  substring: [2, 3],
  uppercase: [1, 1],
  lowercase: [1, 1],
  trim: [1, 1],
  contains: [2, 2],
  replace: [3, 3],
  length: [1, 1],
  string: [1, 1],
  number: [1, 1],
} as const satisfies Readonly<Record<string, readonly [number, number]>>
export type FunctionName = keyof typeof FUNCTIONS

/** A whole number is a `number`, any other an exact decimal as text under `type: 'decimal'`. */
export type Expression = { readonly at: number } & (
  | { readonly kind: 'literal'; readonly type: 'text' | 'decimal'; readonly value: string }
  | { readonly kind: 'literal'; readonly type: 'integer'; readonly value: number }
  | { readonly kind: 'literal'; readonly type: 'boolean'; readonly value: boolean }
  | { readonly kind: 'literal'; readonly type: 'null'; readonly value: null }
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'call'; readonly function: FunctionName; readonly arguments: readonly Expression[] }
  | { readonly kind: 'join'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'compare'
      readonly operator: Comparison
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: 'in'; readonly operand: Expression; readonly list: readonly Expression[] }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | {
      readonly kind: 'choice'
      readonly condition: Expression
      readonly then: Expression
      readonly otherwise: Expression
    }
)

export type Parsed =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly fault: ExpressionFault }

/** Both bound how deep an expression nests, so that neither parsing nor evaluating one can exhaust the stack. */
const DEPTH_MAX = 64
const TOKENS_MAX = 1000
const WORDS = new Set(['and', 'or', 'in', 'not', 'true', 'false', 'null'])

/** Never throws. */
export function parseExpression(source: string): Parsed {
  try {
    const tokens = tokenize(source)
    const excess = tokens[TOKENS_MAX]
    if (excess !== undefined) throw new ExpressionError(excess.at, 'This expression is too long')
    return { ok: true, expression: new Parser(tokens).parse() }
  } catch (error) {
    if (error instanceof ExpressionError) return { ok: false, fault: error.fault }
    throw error
  }
}

class Parser {
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  parse(): Expression {
    const expression = this.#choice()
    const rest = this.#peek()
    if (rest.kind !== 'end') throw unexpected(rest)
    return expression
  }

  #choice(): Expression {
    this.#depth += 1
    if (this.#depth > DEPTH_MAX) {
      throw new ExpressionError(this.#peek().at, `Nested deeper than ${DEPTH_MAX} levels`)
    }
    const condition = this.#or()
    const expression = this.#takeSymbol('?') === null ? condition : this.#branches(condition)
    this.#depth -= 1
    return expression
  }

  #branches(condition: Expression): Expression {
    const then = this.#choice()
    this.#expect(':')
    return { kind: 'choice', at: condition.at, condition, then, otherwise: this.#choice() }
  }

  #or(): Expression {
    let left = this.#and()
    while (this.#takeWord('or')) left = { kind: 'or', at: left.at, left, right: this.#and() }
    return left
  }

  #and(): Expression {
    let left = this.#comparison()
    while (this.#takeWord('and')) left = { kind: 'and', at: left.at, left, right: this.#comparison() }
    return left
  }

  #comparison(): Expression {
    const left = this.#joined()
    if (this.#takeWord('in')) {
      this.#expect('[')
      return { kind: 'in', at: left.at, operand: left, list: this.#list(']') }
    }
    for (const operator of COMPARISONS) {
      if (this.#takeSymbol(operator) !== null) {
        return { kind: 'compare', at: left.at, operator, left, right: this.#joined() }
      }
    }
    return left
  }

  #joined(): Expression {
    let left = this.#operand()
    while (this.#takeSymbol('&') !== null) left = { kind: 'join', at: left.at, left, right: this.#operand() }
    return left
  }

  #operand(): Expression {
    const token = this.#take()
    const { at } = token
    switch (token.kind) {
      case 'text':
        return { kind: 'literal', type: 'text', value: token.text, at }
      case 'number':
        return number(token.text, at)
      case 'quoted':
        return { kind: 'column', name: token.text, at }
      case 'word':
        return this.#word(token.text, at)
      case 'function':
        return this.#call(token.text, at)
      case 'symbol': {
        if (token.text !== '(') throw unexpected(token)
        const inner = this.#choice()
        this.#expect(')')
        return inner
      }
      case 'end':
        throw unexpected(token)
    }
  }

  #word(word: string, at: number): Expression {
    if (word === 'true' || word === 'false') return { kind: 'literal', type: 'boolean', value: word === 'true', at }
    if (word === 'null') return { kind: 'literal', type: 'null', value: null, at }
    if (word === 'not') return this.#not(at)
    if (WORDS.has(word)) throw new ExpressionError(at, `Unexpected "${word}"`)
    return { kind: 'column', name: word, at }
  }

  #not(at: number): Expression {
    this.#expect('(')
    const operand = this.#choice()
    this.#expect(')')
    return { kind: 'not', operand, at }
  }

  #call(name: string, at: number): Expression {
    if (name === 'not') return this.#not(at)
    if (!isFunction(name)) {
      throw new ExpressionError(at, `Unknown function "$${name}".${suggest(name, [...Object.keys(FUNCTIONS), 'not'])}`)
    }
    this.#expect('(')
    const given = this.#takeSymbol(')') === null ? this.#list(')') : []
    const [least, most] = FUNCTIONS[name]
    if (given.length < least || given.length > most) {
      const wanted = least === most ? `${least}` : `${least} to ${most}`
      throw new ExpressionError(at, `$${name} takes ${wanted} argument${most === 1 ? '' : 's'}, not ${given.length}`)
    }
    return { kind: 'call', function: name, arguments: given, at }
  }

  #list(end: Punctuation): readonly Expression[] {
    const items = [this.#choice()]
    while (this.#takeSymbol(',') !== null) items.push(this.#choice())
    this.#expect(end)
    return items
  }

  #peek(): Token {
    const token = this.#tokens[this.#next] ?? this.#tokens.at(-1)
    if (token === undefined) throw new RangeError('A token list ends with its end token')
    return token
  }

  #take(): Token {
    const token = this.#peek()
    this.#next += 1
    return token
  }

  #takeSymbol(symbol: Punctuation): Token | null {
    const token = this.#peek()
    return token.kind === 'symbol' && token.text === symbol ? this.#take() : null
  }

  #takeWord(word: string): boolean {
    const token = this.#peek()
    if (token.kind !== 'word' || token.text !== word) return false
    this.#take()
    return true
  }

  #expect(symbol: Punctuation): void {
    const token = this.#peek()
    if (this.#takeSymbol(symbol) === null) {
      throw new ExpressionError(token.at, `Expected "${symbol}", not ${shown(token)}`)
    }
  }
}

function number(text: string, at: number): Expression {
  const value = Number(text)
  return !text.includes('.') && Number.isSafeInteger(value)
    ? { kind: 'literal', type: 'integer', value: value === 0 ? 0 : value, at }
    : { kind: 'literal', type: 'decimal', value: text, at }
}

function isFunction(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name)
}

function unexpected(token: Token): ExpressionError {
  return new ExpressionError(token.at, `Unexpected ${shown(token)}`)
}

function shown(token: Token): string {
  return token.kind === 'end' ? 'end of the expression' : `"${token.kind === 'function' ? '$' : ''}${token.text}"`
}
