import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Row } from '../schema/record.ts'
import { compareNumbers, compareText } from './expression/order.ts'
import { areDisjoint, compileFilter, filterCondition } from './filter.ts'
import type { FilterCondition } from './filter-condition.ts'
import { readTable } from './read.ts'

const read = readTable(
  'CRM',
  `
table: accounts
scope: global
key: [number]
columns:
  number: { type: string, required: true }
  kind: { type: enum, values: [1, 2, 3] }
  amount: { type: decimal, precision: 9, scale: 2 }
  open: { type: boolean }
`,
  'accounts.yaml',
)
if (!read.ok) throw new Error('The table of this test has a fault')
const TABLE = read.loaded.definition

function compiled(text: string) {
  const filter = compileFilter(text, TABLE)
  if (!filter.ok) throw new Error(JSON.stringify(filter.faults))
  return filter
}

/** What a record store would find, by the meaning of its conditions. */
function finds(condition: FilterCondition, row: Row): boolean {
  if ('all' in condition) return condition.all.every((part) => finds(part, row))
  if ('any' in condition) return condition.any.some((part) => finds(part, row))
  if ('not' in condition) return !finds(condition.not, row)
  const value = row[condition.column] ?? null
  if (condition.is === 'null') return value === null
  if (condition.is === 'in') return condition.values.includes(value)
  if (value === null) return condition.is === 'ne'
  if (condition.is === 'contains') return String(value).includes(String(condition.value))
  const isAmount = condition.column === 'amount'
  const order = isAmount
    ? compareNumbers(String(value), String(condition.value))
    : typeof value === 'number'
      ? value - Number(condition.value)
      : compareText(String(value), String(condition.value))
  return { eq: order === 0, ne: order !== 0, gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }[
    condition.is
  ]
}

const atoms = fc.constantFrom(
  ...['kind = 3', '2 >= kind', 'kind != null', 'kind in [1, null]', 'open', 'open = false', 'amount > 1'],
  ...['amount = 1.5', '1.5 < amount', '$contains(number, "1")', "number != 'C-1'", 'number = null', 'true'],
)
const filters = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4 },
    atoms,
    fc.tuple(tie('filter'), fc.constantFrom('and', 'or'), tie('filter')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('filter').map((inner) => `not(${inner})`),
  ),
})).filter
const rows = fc.record({
  number: fc.option(fc.constantFrom('C-1', 'C-2', '')),
  kind: fc.option(fc.constantFrom(1, 2, 3)),
  amount: fc.option(fc.constantFrom('1.50', '1.00', '-2.00')),
  open: fc.option(fc.boolean()),
})

describe('a filter', () => {
  it('holds for exactly the rows that a store finds by its condition', () => {
    const same = (text: string, row: Row) => {
      const condition = filterCondition({ filter: text, table: TABLE })
      return condition !== null && compiled(text).holds(row) === finds(condition, row)
    }
    fc.assert(fc.property(filters, rows, same))
  })

  it('compares amounts in the form of their column', () => {
    expect(filterCondition({ filter: 'amount = 1.5', table: TABLE })).toEqual({
      column: 'amount',
      is: 'eq',
      value: '1.50',
    })
  })

  it('is not there for a side that holds every row', () => {
    expect(filterCondition({ filter: null, table: TABLE })).toBe(null)
  })

  it.each([
    ['kind = 1', 'kind = 2', true],
    ['kind = 1 and open', 'open and kind = 2', true],
    ['open', 'open = false', true],
    ['kind = null', 'kind = 1', true],
    ['kind = 1', 'kind = 1', false],
    ['kind = 1 or open', 'kind = 2', false],
    ['kind = 1', 'open', false],
    ['amount = 1.5', 'amount = 1.50', false],
  ])('%s and %s exclude each other: %s', (a, b, isDisjoint) => {
    expect(areDisjoint(compiled(a).conjuncts, compiled(b).conjuncts)).toBe(isDisjoint)
  })
})
