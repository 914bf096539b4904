import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Row, Value } from '../../../../schema/record.ts'
import { compareValues } from '../../participant/key-order.ts'
import { column } from '../contract/system.contract.ts'
import type { Condition, Ordering, RecordQuery } from '../record-store.ts'
import { conditionSql, type QueriedTable, type Sql, selection } from './query.ts'

const columns = [
  column('company', 'string'),
  column('number', 'string'),
  column('text', 'string'),
  column('count', 'integer'),
]
const queriedAs = (table: string): QueriedTable => ({
  ...{
    table,
    from: table,
    depth: 0,
    key: ['company', 'number'],
    column: new Map(columns.map((one) => [one.name, one])),
  },
  other: (name) => {
    if (name !== 'things' && name !== 'others') throw new RangeError(`There is no table ${name}`)
    return queriedAs(name)
  },
})
const queried = queriedAs('things')

const texts = fc.constantFrom('', 'a', 'ab', 'B', '%', '_', '～', '😀', '\u{10ffff}', '\u{10ffff}a', '\ud7ff')
const counts = fc.constantFrom(-1, 0, 1, 2)
const things = fc.uniqueArray(
  fc.record({
    company: fc.constantFrom('demf', 'usmf'),
    number: fc.constantFrom('1', '2', '3', '4'),
    text: fc.option(texts),
    count: fc.option(counts),
  }),
  { selector: ({ company, number }) => `${company} ${number}` },
)

const comparisons = fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'contains', 'startsWith')
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ column: fc.constant('text'), is: comparisons, value: fc.option(texts) }),
  fc.record({ column: fc.constant('company'), is: fc.constant('eq' as const), value: fc.constant('usmf') }),
  fc.record({
    column: fc.constant('count'),
    is: comparisons.filter((is) => is !== 'contains' && is !== 'startsWith'),
    value: fc.option(counts),
  }),
  fc.record({ column: fc.constant('count'), is: fc.constant('in' as const), values: fc.array(fc.option(counts)) }),
  fc.record({ column: fc.constantFrom('text', 'count'), is: fc.constant('null' as const) }),
)
const conditions: fc.Arbitrary<Condition> = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({ all: fc.array(tie('tree'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('tree'), { maxLength: 3 }) }),
    fc.record({ not: tie('tree') }),
    fc
      .record({
        ...{ columns: fc.constantFrom(['text'], ['count', 'text']), refersTo: fc.constantFrom('things', 'others') },
        ...{ keys: fc.constantFrom(['text'], ['count', 'text']), where: tie('tree') },
      })
      .filter(({ columns, keys }) => columns.length === keys.length),
  ),
})).tree
const orders: fc.Arbitrary<readonly Ordering[]> = fc.uniqueArray(
  fc.record({
    column: fc.constantFrom('text', 'count', 'number', 'company'),
    direction: fc.constantFrom('ASC', 'DESC'),
  }),
  { maxLength: 3, selector: (order) => order.column },
)

interface World {
  readonly things: readonly Row[]
  readonly others: readonly Row[]
}

/** What the docstring of Condition says, word for word. */
function holds(condition: Condition, row: Row, world: World): boolean {
  if ('all' in condition) return condition.all.every((part) => holds(part, row, world))
  if ('any' in condition) return condition.any.some((part) => holds(part, row, world))
  if ('not' in condition) return !holds(condition.not, row, world)
  if ('refersTo' in condition) {
    const { columns, refersTo, keys, where } = condition
    return world[refersTo === 'things' ? 'things' : 'others'].some((target) => {
      const isNamed = columns.every((name, at) => row[name] !== null && row[name] === target[keys[at] ?? ''])
      return isNamed && holds(where, target, world)
    })
  }
  const value = row[condition.column] ?? null
  if (condition.is === 'null') return value === null
  if (condition.is === 'in') return value !== null && condition.values.includes(value)
  const { is, value: other } = condition
  if (value === null || other === null) return is === 'ne'
  const order = compareValues(value, other)
  const answers = {
    ...{ eq: order === 0, ne: order !== 0, gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 },
    ...{ contains: String(value).includes(String(other)), startsWith: String(value).startsWith(String(other)) },
  }
  return answers[is]
}

function ordered(rows: readonly Row[], orderBy: readonly Ordering[]): readonly Row[] {
  const sorts = [...orderBy, ...queried.key.map((name): Ordering => ({ column: name, direction: 'ASC' }))]
  return [...rows].sort((one, other) => {
    for (const sort of sorts) {
      const order = compareValues(one[sort.column] ?? null, other[sort.column] ?? null)
      if (order !== 0) return sort.direction === 'ASC' ? order : -order
    }
    return 0
  })
}

function filled(things: readonly Row[], others: readonly Row[] = []): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  fill(database, 'things', things)
  fill(database, 'others', others)
  return database
}

function fill(database: DatabaseSync, table: string, rows: readonly Row[]): void {
  database.exec(`CREATE TABLE ${table} (company TEXT, number TEXT, text TEXT, count INTEGER) STRICT`)
  database.exec(`CREATE INDEX ${table}_by_key ON ${table} (company, number)`)
  const insert = database.prepare(`INSERT INTO ${table} VALUES (?, ?, ?, ?)`)
  for (const { company, number, text, count } of rows) {
    insert.run(
      String(company),
      String(number),
      text === null ? null : String(text),
      count === null ? null : Number(count),
    )
  }
}

function select(database: DatabaseSync, { text, parameters }: Sql): readonly Row[] {
  return database
    .prepare(`SELECT company, number, text, count FROM things ${text}`)
    .all(...parameters)
    .map(({ company, number, text, count }) => ({
      ...{ company: String(company), number: String(number) },
      text: text === null ? null : String(text),
      count: count === null ? null : Number(count),
    }))
}

describe('A record query as SQL', () => {
  it('finds exactly the records that its condition holds for', () => {
    fc.assert(
      fc.property(things, things, conditions, (rows, others, where) => {
        using database = filled(rows, others)
        const { text, parameters } = conditionSql(queried, where)
        const found = select(database, { text: `WHERE ${text}`, parameters })
        expect(ordered(found, [])).toEqual(
          ordered(
            rows.filter((row) => holds(where, row, { things: rows, others })),
            [],
          ),
        )
      }),
      { numRuns: 500 },
    )
  })

  it('gives, page after page, every record once and in order', () => {
    const limits = fc.integer({ min: 1, max: 3 })
    fc.assert(
      fc.property(things, fc.option(conditions), orders, limits, (rows, where, orderBy, limit) => {
        using database = filled(rows)
        const sorts = [...orderBy.map((order) => order.column), ...queried.key]
        const found: Row[] = []
        let after: readonly Value[] | null = null
        for (let page = 0; page <= rows.length; page += 1) {
          const query: RecordQuery = { table: 'things', where, orderBy, after, limit }
          const records = select(database, selection(queried, query))
          found.push(...records)
          const last = records.at(-1)
          if (last === undefined) break
          after = sorts.map((name) => last[name] ?? null)
        }
        const wanted = rows.filter((row) => where === null || holds(where, row, { things: rows, others: [] }))
        expect(found).toEqual(ordered(wanted, orderBy))
      }),
      { numRuns: 500 },
    )
  })

  it('goes on after a position whose record is gone, or never was', () => {
    fc.assert(
      fc.property(things, orders, texts, counts, (rows, orderBy, text, count) => {
        using database = filled(rows)
        const position: Row = { company: 'f', number: '25', text, count }
        const after = [...orderBy.map((order) => order.column), ...queried.key].map((name) => position[name] ?? null)
        const found = select(database, selection(queried, { table: 'things', where: null, orderBy, after, limit: 99 }))
        const all = ordered([...rows, position], orderBy)
        expect(found).toEqual(all.slice(all.indexOf(position) + 1))
      }),
    )
  })

  it('walks the index of the key where a filter fixes the company', () => {
    using database = filled([])
    const where: Condition = { column: 'company', is: 'eq', value: 'usmf' }
    const query: RecordQuery = { table: 'things', where, orderBy: [], after: ['usmf', '2'], limit: 2 }
    const { text, parameters } = selection(queried, query)
    const plan = database.prepare(`EXPLAIN QUERY PLAN SELECT * FROM things ${text}`).all(...parameters)
    expect(plan.map(({ detail }) => detail)).toEqual([
      'SEARCH things USING INDEX things_by_key (company=? AND number>?)',
    ])
  })

  it('looks up what a reference may name once, and not for each record', () => {
    using database = filled([])
    const where: Condition = { column: 'text', is: 'eq', value: 'a' }
    const condition: Condition = {
      columns: ['company', 'text'],
      refersTo: 'others',
      keys: ['company', 'number'],
      where,
    }
    const { text, parameters } = conditionSql(queried, condition)
    const plan = database.prepare(`EXPLAIN QUERY PLAN SELECT * FROM things WHERE ${text}`).all(...parameters)
    expect(plan.map(({ detail }) => detail)).not.toContainEqual(expect.stringContaining('CORRELATED'))
  })

  it('is refused for a column that is not there and a position of another order', () => {
    const query = { table: 'things', where: null, orderBy: [], after: ['usmf'], limit: 1 }
    expect(() => selection(queried, query)).toThrow(RangeError)
    expect(() => conditionSql(queried, { column: 'nothing', is: 'null' })).toThrow(RangeError)
    const where: Condition = { all: [] }
    for (const [columns, refersTo, keys] of [
      [['text'], 'others', ['nothing']],
      [['nothing'], 'others', ['text']],
      [['text'], 'nowhere', ['text']],
      [['text'], 'others', ['text', 'count']],
      [[], 'others', []],
    ] as const) {
      expect(() => conditionSql(queried, { columns, refersTo, keys, where })).toThrow(RangeError)
    }
  })
})
