import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Row, Value } from '../../schema/record.ts'
import { compileExpression } from './compile.ts'
import { compareNumbers, compareText } from './order.ts'
import { parseExpression } from './parser.ts'
import type { ExpressionType } from './types.ts'

const COLUMNS: Readonly<Record<string, ExpressionType>> = {
  name: 'text',
  city: 'text',
  count: 'integer',
  amount: 'decimal',
  open: 'boolean',
  and: 'text',
}

function compiled(source: string) {
  const parsed = parseExpression(source)
  if (!parsed.ok) return { ok: false as const, faults: [parsed.fault] }
  return compileExpression(parsed.expression, (column) => COLUMNS[column] ?? { unknown: `unknown ${column}` })
}

function evaluate(source: string, row: Row = {}): Value {
  const expression = compiled(source)
  if (!expression.ok) throw new Error(JSON.stringify(expression.faults))
  return expression.evaluate(row)
}

function faultOf(source: string): string {
  const expression = compiled(source)
  return expression.ok ? 'none' : expression.faults.map(({ at, message }) => `${at}: ${message}`).join('; ')
}

describe('an expression', () => {
  it.each<[string, Row, Value]>([
    ['"text"', {}, 'text'],
    [`'it\\'s'`, {}, "it's"],
    ['"\\u00e9\\n"', {}, 'é\n'],
    ['-12', {}, -12],
    ['12.50', {}, '12.50'],
    ['name', { name: 'Adventure' }, 'Adventure'],
    ['`and`', { and: 'a word' }, 'a word'],
    ['$uppercase(name)', { name: 'a' }, 'A'],
    ['$lowercase($trim(name))', { name: ' A ' }, 'a'],
    ['$substring(name, 1)', { name: 'abc' }, 'bc'],
    ['$substring(name, 1, 1)', { name: 'abc' }, 'b'],
    ['$substring(name, -2, 1)', { name: 'abc' }, 'b'],
    ['$substring(name, 1, 1)', { name: 'a😀c' }, '😀'],
    ['$substring(name, 0, -1)', { name: 'abc' }, ''],
    ['$length(name)', { name: 'a😀c' }, 3],
    ['$contains(name, "b")', { name: 'abc' }, true],
    ['$replace(name, "b", "$&")', { name: 'abcb' }, 'a$&c$&'],
    ['$replace(name, "", "x")', { name: 'abc' }, 'abc'],
    ['$string(count) & "/" & amount', { count: 3, amount: '1.50' }, '3/1.50'],
    ['$number(" 4.20 ")', {}, '4.20'],
    ['$number("four")', {}, null],
    ['name & ", " & city', { name: 'A', city: null }, 'A, '],
    ['count = 3 and open', { count: 3, open: true }, true],
    ['count = 3 and open or count = 4', { count: 4, open: false }, true],
    ['count = 3 or count = 4 and open', { count: 3, open: false }, true],
    ['amount > 1.5', { amount: '1.50' }, false],
    ['amount = 1.5', { amount: '1.50' }, true],
    ['amount >= count', { amount: '123456789012345678.10', count: 3 }, true],
    ['count in [1, 2, 3]', { count: 3 }, true],
    ['name in ["a", null]', { name: null }, true],
    ['not(open)', { open: null }, true],
    ['$not(open)', { open: true }, false],
    ['count > 1 ? "many" : count = 1 ? "one" : "none"', { count: 1 }, 'one'],
    ['(open ? 1 : 2.5)', { open: true }, '1'],
    ['name = null ? "none" : name', { name: null }, 'none'],
  ])('%s over %j gives %j', (source, row, value) => {
    expect(evaluate(source, row)).toEqual(value)
  })

  it.each<[string, string]>([
    ['', '0: Unexpected end of the expression'],
    ['count =', '7: Unexpected end of the expression'],
    ['count = 3)', '9: Unexpected ")"'],
    ['count == 3', '7: Unexpected "="'],
    ['count + 3', '6: Unexpected "+"'],
    ['"text', '0: This text is not closed'],
    ['"\\q"', '1: Unknown escape \\q'],
    ['$contain(name)', '0: Unknown function "$contain". Did you mean "contains"?'],
    ['$uppercase(name, name)', '0: $uppercase takes 1 argument, not 2'],
    ['$substring(name)', '0: $substring takes 2 to 3 arguments, not 1'],
    ['and', '0: Unexpected "and"'],
    ['nme', '0: unknown nme'],
    ['$uppercase(count)', '11: Expected text, not integer: use $string'],
    ['$substring(name, amount)', '17: Expected a whole number, not decimal'],
    ['count = name', '0: Cannot compare integer with text'],
    ['open < true', '0: "<" cannot order boolean and boolean'],
    ['name in [1]', '9: Cannot compare text with integer'],
    ['open and name', '9: Expected a condition, not text'],
    ['open ? 1 : name', '0: The branches give integer and text: they must give the same'],
    ['nme = cty', '0: unknown nme; 6: unknown cty'],
  ])('%s is refused', (source, fault) => {
    expect(faultOf(source)).toBe(fault)
  })

  it('nests and grows only so far', () => {
    expect(faultOf(`${'('.repeat(100)}1${')'.repeat(100)}`)).toBe('64: Nested deeper than 64 levels')
    expect(faultOf(Array(600).fill('1').join('&'))).toBe('1000: This expression is too long')
  })

  it('takes a column that holds another type for empty', () => {
    expect(evaluate('count', { count: '3' })).toBe(null)
    expect(evaluate('name = "a"', { name: ['a'] })).toBe(false)
  })
})

const rows = fc.record({
  name: fc.option(fc.string({ unit: 'binary' })),
  city: fc.option(fc.constantFrom('a', 'b', '')),
  count: fc.option(fc.integer()),
  amount: fc.option(fc.constantFrom('1.50', '-0.25', '10')),
  open: fc.option(fc.boolean()),
})
const conditions = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      'open',
      'name = city',
      'city < "b"',
      'count >= 0',
      'amount != 1.5',
      'city in ["a", null]',
      'name = null',
    ),
    fc.tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('condition').map((inner) => `not(${inner})`),
  ),
})).condition

describe('the laws of conditions', () => {
  const holds = (source: string, row: Row) => evaluate(source, row)

  it('not is the complement, whatever is empty', () => {
    fc.assert(fc.property(conditions, rows, (a, row) => holds(`not(${a})`, row) === !holds(a, row)))
  })

  it('De Morgan', () => {
    const same = (a: string, b: string, row: Row) =>
      holds(`not(${a} and ${b})`, row) === holds(`not(${a}) or not(${b})`, row)
    fc.assert(fc.property(conditions, conditions, rows, same))
  })

  it('a choice is its branches', () => {
    const same = (a: string, row: Row) => holds(`${a} ? "yes" : "no"`, row) === (holds(a, row) ? 'yes' : 'no')
    fc.assert(fc.property(conditions, rows, same))
  })

  it('any text is its own literal', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => evaluate(JSON.stringify(text)) === text))
  })

  it('parsing ends and never throws', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '$trim',
      'name',
      '"a"',
      '&',
      'in',
      '[',
      ',',
      ']',
      '?',
      ':',
      '=',
      '1.5',
      '-',
    )
    const sources = fc.oneof(
      fc.string(),
      fc.array(pieces).map((parts) => parts.join(' ')),
    )
    fc.assert(fc.property(sources, (source) => typeof compiled(source).ok === 'boolean'))
  })
})

describe('order', () => {
  it('of numbers is exact', () => {
    expect(compareNumbers('0.1', '0.10')).toBe(0)
    expect(compareNumbers('9007199254740993', 9007199254740992)).toBe(1)
    expect(compareNumbers('-1.5', '-1.25')).toBe(-1)
  })

  it('of texts is that of their code points', () => {
    const byPoints = (a: string, b: string) => {
      const [left, right] = [Array.from(a), Array.from(b)].map((text) => text.map((char) => char.codePointAt(0) ?? 0))
      const length = Math.max(left?.length ?? 0, right?.length ?? 0)
      for (let index = 0; index < length; index += 1) {
        const difference = (left?.[index] ?? -1) - (right?.[index] ?? -1)
        if (difference !== 0) return Math.sign(difference)
      }
      return 0
    }
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', '\ue000', '\uffff', '😀', '𝒳') })
    fc.assert(fc.property(texts, texts, (a, b) => Math.sign(compareText(a, b)) === byPoints(a, b)))
  })
})
