import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readKey, readOperations } from './operation.ts'
import { SHIPPED } from './shipped.fixture.ts'
import { type Reach, reachOf, turnsOf } from './turns.ts'
import type { EntityOperation } from './write.ts'

const writing = (...writes: readonly string[]): Reach => ({ writes, refers: [] })
const referring = (write: string, ...refers: readonly string[]): Reach => ({ writes: [write], refers })

describe('the turns of rows', () => {
  it.each<[string, readonly Reach[], readonly (readonly number[])[]]>([
    ['are one where no row touches what another does', [writing('a'), writing('b')], [[0, 1]]],
    ['are one where rows refer to the same record', [referring('a', 'x'), referring('b', 'x')], [[0, 1]]],
    ['follow each other for one record', [writing('a'), writing('b'), writing('a')], [[0, 1], [2]]],
    ['let a row wait for what it refers to', [writing('x'), referring('a', 'x')], [[0], [1]]],
    ['let a row wait for what refers to it', [referring('a', 'x'), writing('x')], [[0], [1]]],
    ['of a record without a name are the first', [writing(), writing()], [[0, 1]]],
    ['of no rows are none', [], []],
  ])('%s', (_, reaches, turns) => expect(turnsOf(reaches)).toEqual(turns))

  const name = fc.constantFrom('a', 'b', 'c', 'd')
  const reach = fc.record({ writes: fc.array(name, { maxLength: 2 }), refers: fc.array(name, { maxLength: 2 }) })
  const clash = (one: Reach, other: Reach) =>
    one.writes.some((record) => other.writes.includes(record) || other.refers.includes(record)) ||
    one.refers.some((record) => other.writes.includes(record))

  it('hold every row once, those that clash in their order, and none later than it must be', () => {
    fc.assert(
      fc.property(fc.array(reach, { maxLength: 12 }), (reaches) => {
        const turns = turnsOf(reaches)
        expect(turns.flat().toSorted((a, b) => a - b)).toEqual(reaches.map((_, place) => place))
        const turnOf = reaches.map((_, place) => turns.findIndex((places) => places.includes(place)))
        for (const [place, own] of reaches.entries()) {
          const before = reaches.flatMap((one, at) => (at < place && clash(one, own) ? [turnOf[at] ?? 0] : []))
          expect(turnOf[place]).toBe(before.length === 0 ? 0 : Math.max(...before) + 1)
        }
      }),
    )
  })
})

describe('the reach of a row', () => {
  const reach = (operation: Pick<EntityOperation, 'entity' | 'input'>) => {
    const asked = { operation: 'UPSERT' as const, id: null, expectedRevision: null, as: null, at: [], ...operation }
    const [whole] = readOperations(SHIPPED, [readKey(SHIPPED, asked)])
    if (whole === undefined) throw new TypeError('nothing was read')
    return reachOf(SHIPPED, whole)
  }

  it('is the record in both systems, by its folded key', () => {
    const { writes } = reach({ entity: 'Customer', input: { company: 'TST', number: 'c-1' } })
    expect(writes).toEqual(['CRM accounts ["tst","C-1"]', 'ERP CustomersV3 ["tst","C-1"]'])
  })

  it('is the same for two entities over one table of one system', () => {
    const customer = reach({ entity: 'Customer', input: { company: 'tst', number: 'C-1' } })
    const person = reach({ entity: 'Person', input: { company: 'tst', number: 'C-1' } })
    expect(person.writes.filter((record) => customer.writes.includes(record))).toEqual([
      'ERP CustomersV3 ["tst","C-1"]',
    ])
  })

  it('leads to what the record and its parts refer to', () => {
    const lines = [{ product: { number: 'P-1' } }]
    const input = { company: 'tst', number: 'SO-1', customer: { number: 'C-1' }, lines }
    const { refers } = reach({ entity: 'SalesOrder', input })
    expect(refers.filter((record) => record.startsWith('CRM'))).toEqual([
      'CRM accounts ["tst","C-1"]',
      'CRM products ["tst","P-1"]',
    ])
  })

  it('has no name for a record whose key is still to be drawn', () => {
    expect(reach({ entity: 'Customer', input: { company: 'tst' } }).writes).toEqual([])
  })
})
