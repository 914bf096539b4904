import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Write } from '../../../schema/participant.ts'
import type { RecordKey, Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import {
  computations,
  create,
  local,
  remove,
  rules,
  tables,
  transactionId,
  update,
  version,
} from '../stores/contract/system.contract.ts'
import { generatedGuid } from './generated-guid.ts'
import { inspect, recordsOf } from './inspect.ts'
import { modelSystem } from './system-model.ts'

const system = modelSystem('ERP', tables, rules, computations)
const BASE = version(3, 'before')
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const look = (...writes: readonly Write[]) => inspect(system, { id: transactionId('t1'), writes })
const faults = (...writes: readonly Write[]) =>
  look(...writes).faults.map(({ write, code, column, message }) => [write, code, column, message])

const changed = (set: Row) => update('customers', ['usmf', 'C1'], set, BASE)
const created = (set: Row) => create('customers', ['usmf', 'C1'], set)
const keyed = (key: string) => ({ ...changed({ name: 'One' }), key: key as RecordKey })
const notAKey = 'is not a key of customers (company, number)'

describe('A sound write', () => {
  it('that creates gives the whole row: key, values, defaults, generated values, and null for the rest', () => {
    const { writes, faults } = look(created({ name: 'One', limit: '7', company: 'usmf', hold: null }))
    expect(faults).toEqual([])
    expect(writes[0]?.values).toEqual({
      ...{ company: 'usmf', number: 'C1', name: 'One', email: null, group: null, limit: '7.00', hold: null },
      ...{ level: null, active: true, visits: null, since: null, seen: null, tags: null },
      id: generatedGuid('customers', recordKey(['usmf', 'C1']), transactionId('t1')),
    })
  })

  it('that updates gives the given columns alone, each in its one form', () => {
    const { writes, faults } = look(changed({ limit: '+07.5', seen: '2024-05-31T12:00:00+02:00', email: null }))
    expect(faults).toEqual([])
    expect(writes[0]?.values).toEqual({ limit: '7.50', seen: '2024-05-31T10:00:00.000Z', email: null })
  })

  it('that deletes gives none', () => {
    expect(look(remove('customers', ['usmf', 'C1'], BASE))).toMatchObject({ writes: [{ values: {} }], faults: [] })
  })

  it('may leave the revision at its base', () => {
    expect(faults(local(changed({ name: 'One' })))).toEqual([])
  })

  it('keeps its index beside one that names no record', () => {
    const inspection = look(create('nowhere', ['x']), created({ name: 'One' }), remove('companies', ['usmf'], BASE))
    expect(inspection.writes.map(({ index }) => index)).toEqual([1, 2])
    expect(recordsOf(inspection)).toMatchObject([
      { table: 'customers', key: '["usmf","C1"]' },
      { table: 'companies', key: '["usmf"]' },
    ])
  })
})

describe('A record is not told by', () => {
  it.each<[string, Write, readonly (string | null)[]]>([
    ['an unknown table', create('nowhere', ['x']), ['VALIDATION', null, 'There is no table nowhere']],
    ['a key that is no JSON', keyed('C1'), ['VALIDATION', null, `C1 ${notAKey}`]],
    ['a key that is no list', keyed('"C1"'), ['VALIDATION', null, `"C1" ${notAKey}`]],
    ['a key of too few values', keyed('["usmf"]'), ['VALIDATION', null, `["usmf"] ${notAKey}`]],
    ['a key of too many values', keyed('["usmf","C1","x"]'), ['VALIDATION', null, `["usmf","C1","x"] ${notAKey}`]],
    ['a key value of another type', keyed('["usmf",1]'), ['VALIDATION', 'number', 'number must be text']],
    ['an empty key value', keyed('["usmf",null]'), ['VALIDATION', 'number', 'number is empty']],
    [
      'a key value that is too long',
      keyed('["usmfx","C1"]'),
      ['VALIDATION', 'company', 'company takes at most 4 characters, and this has 5'],
    ],
    [
      'a key in another spelling',
      keyed('["usmf", "C1"]'),
      ['VALIDATION', null, '["usmf", "C1"] is not written in the one form that keys of customers have'],
    ],
  ])('%s', (_what, write, fault) => {
    const inspection = look(write)
    expect(faults(write)).toEqual([[0, ...fault]])
    expect(inspection.writes).toEqual([])
    expect(recordsOf(inspection)).toEqual([])
  })

  it('a second write of it in one transaction, whose first still counts', () => {
    const twice = [created({ name: 'One' }), remove('customers', ['usmf', 'C1'], BASE)]
    expect(faults(...twice)).toEqual([
      [1, 'VALIDATION', null, 'customers ["usmf","C1"] is written twice in one transaction'],
    ])
    expect(look(...twice).writes.map(({ index }) => index)).toEqual([0])
  })
})

describe('A value is refused', () => {
  it.each<[string, Write, readonly (string | null)[]]>([
    ['for a column that is not there', changed({ nick: 'x' }), ['VALIDATION', 'nick', 'customers has no column nick']],
    [
      'that is not of its type',
      changed({ visits: 'x' }),
      ['VALIDATION', 'visits', 'visits must be a whole number between -2147483647 and 2147483647'],
    ],
    ['that is no choice', changed({ level: 2 }), ['VALIDATION', 'level', 'level must be one of 1, 20, 3']],
    [
      'that is too precise',
      changed({ limit: '1.234' }),
      ['VALIDATION', 'limit', 'limit takes at most 2 decimal places'],
    ],
    ['that empties a required column', changed({ name: null }), ['REQUIRED', 'name', 'name must have a value']],
    ['that a create leaves out', created({}), ['REQUIRED', 'name', 'name must have a value']],
    ['that a create gives as null', created({ name: null }), ['REQUIRED', 'name', 'name must have a value']],
    [
      'that a create gives as null against a default',
      create('groups', ['usmf', 'A'], { maximum: null }),
      ['REQUIRED', 'maximum', 'maximum must have a value'],
    ],
    [
      'that contradicts the key',
      created({ name: 'One', number: 'C2' }),
      ['VALIDATION', 'number', "number is not the value in the record's key"],
    ],
    [
      'that the system fills in itself',
      created({ name: 'One', id: '00000000-0000-8000-8000-000000000000' }),
      ['READ_ONLY', 'id', 'id is filled in by the system'],
    ],
  ])('%s', (_what, write, fault) => {
    expect(faults(write)).toEqual([[0, ...fault]])
    expect(look(write).writes).toHaveLength(1)
  })

  it('and leaves the sound ones beside it to be judged', () => {
    expect(look(changed({ visits: 'x', name: 'One' })).writes[0]?.values).toEqual({ name: 'One' })
  })
})

describe('A request', () => {
  it('is told every fault of every write at once, each a final reason of this system', () => {
    const { faults } = look(
      changed({ nick: 'x', visits: 'x', name: null }),
      { ...update('groups', ['usmf', 'A'], { maximum: 'x' }, BASE), revision: 2 },
      create('payments', ['usmf', 'P1'], { amount: 'x' }),
    )
    expect(faults.map(({ write, code, table, column }) => [write, code, table, column])).toEqual([
      [0, 'VALIDATION', 'customers', 'nick'],
      [0, 'VALIDATION', 'customers', 'visits'],
      [0, 'REQUIRED', 'customers', 'name'],
      [1, 'VALIDATION', 'groups', null],
      [1, 'VALIDATION', 'groups', 'maximum'],
      [2, 'VALIDATION', 'payments', 'amount'],
      [2, 'REQUIRED', 'payments', 'customer'],
    ])
    expect(faults.find(({ write }) => write === 1)?.message).toBe(
      'groups ["usmf","A"] would get a revision below its base',
    )
    for (const fault of faults) expect(fault).toMatchObject({ system: 'ERP', path: null, retryable: false })
  })

  it('is told the faults of values also where the record cannot be told', () => {
    const keyless = { ...created({ nick: 'x', email: 5 }), key: recordKey(['usmf']) }
    expect(faults(keyless).map(([, code, column]) => [code, column])).toEqual([
      ['VALIDATION', null],
      ['VALIDATION', 'nick'],
      ['VALIDATION', 'email'],
      ['REQUIRED', 'name'],
    ])
    expect(faults(remove('customers', ['C1'], BASE))).toHaveLength(1)
    expect(faults({ ...changed({ visits: 'x' }), key: recordKey(['C1']) })).toHaveLength(2)
  })

  it('is told once of a key value that a create gives as a value too', () => {
    const set = { name: 'One', number: 'much too long' }
    const message = 'number takes at most 10 characters, and this has 13'
    expect(faults(create('customers', ['usmf', 'much too long'], set))).toEqual([[0, 'VALIDATION', 'number', message]])
    const empty = create('customers', ['usmf', null], { name: 'One', number: null })
    expect(faults(empty)).toEqual([[0, 'REQUIRED', 'number', 'number must have a value']])
  })

  it('is answered in few words however long its names are', () => {
    const long = 'x'.repeat(10_000)
    const wordy = look(create(long, ['x']), changed({ [long]: 1 }), keyed(long)).faults
    expect(wordy).toHaveLength(3)
    for (const { message, table, column } of wordy) {
      expect(`${message}${table ?? ''}${column ?? ''}`.length).toBeLessThan(400)
    }
  })
})

describe('A generated guid', () => {
  const given = fc.tuple(fc.string(), fc.string(), fc.string())
  const guid = ([table, key, id]: readonly [string, string, string]) =>
    generatedGuid(table, recordKey([key]), transactionId(id))

  it('is a version 8 UUID, and the same again for the same create', () => {
    fc.assert(
      fc.property(given, (one) => {
        expect(guid(one)).toMatch(GUID)
        expect(guid(one)).toBe(guid(one))
      }),
    )
  })

  it('is another for another table, record or transaction', () => {
    const all = [guid(['a', 'k', 't']), guid(['b', 'k', 't']), guid(['a', 'l', 't']), guid(['a', 'k', 'u'])]
    expect(new Set(all).size).toBe(4)
  })
})
