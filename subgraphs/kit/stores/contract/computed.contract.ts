/** Columns that the system works out itself: filled in where they are left out, and verified where they are given. */

import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Derivation, PrepareRequest, Write } from '../../../../schema/participant.ts'
import type { Row, Value } from '../../../../schema/record.ts'
import { recordKey } from '../../../../schema/record-key.ts'
import { codes, freshStore, line, type Open, order, PREPARED } from './opened.contract.ts'
import { create, remove, request, transactionId, update, version } from './system.contract.ts'

const ONCE = version(1, 't1')

export function computedContract(open: Open): void {
  const on = freshStore(open)
  const vote = async (id: string, ...writes: readonly Write[]) => (await on.prepare(request(id, writes)))[0]
  const derive = async (...writes: readonly Write[]) =>
    (await Promise.all(on.store.derive([request('derived', writes)])))[0] ?? []
  const stored = async (table: string, ...key: readonly Value[]) => (await on.row(table, 'usmf', ...key)) ?? {}
  const changed = (number: number, set: Row) => update('lines', ['usmf', 'O1', number], set, ONCE)
  const total = (set: Row) => update('orders', ['usmf', 'O1'], set, ONCE)
  beforeEach(() => on.write('before', create('currencies', ['EUR'], { factor: 2 })))

  describe('are filled in', () => {
    it('for a whole and its parts, from values that stand elsewhere', async () => {
      await on.write('t1', order('O1'), line('O1', 1, { quantity: 30 }), line('O1', 2, { price: '0.50' }))
      expect(await stored('lines', 'O1', 1)).toMatchObject({ amount: '60.00' })
      expect(await stored('lines', 'O1', 2)).toMatchObject({ amount: '1.00' })
      expect(await stored('orders', 'O1')).toMatchObject({ total: '61.00', size: 'Small' })
    })

    it('by a change of a part, a new one and one that goes, where the whole is written as well', async () => {
      await on.write('t1', order('O1'), line('O1', 1), line('O1', 2), line('O1', 3))
      await on.write(
        't2',
        changed(1, { quantity: 50 }),
        remove('lines', ['usmf', 'O1', 2], ONCE),
        line('O1', 4, { price: '7.00' }),
        total({}),
      )
      expect(await stored('orders', 'O1')).toMatchObject({ total: '116.00', size: 'Large' })
    })

    it('from what the same transaction makes of the records looked at', async () => {
      await on.write(
        't1',
        line('O1', 1),
        order('O1', { currency: 'USD' }),
        create('currencies', ['USD'], { factor: 5 }),
      )
      expect(await stored('lines', 'O1', 1)).toMatchObject({ amount: '5.00' })
    })
  })

  describe('are verified where they are given', () => {
    it('and accepted in any spelling of what is computed', async () => {
      await on.write('t1', order('O1', { total: '2', size: 'Small' }), line('O1', 1, { amount: '+2.0' }))
      expect(await stored('orders', 'O1')).toMatchObject({ total: '2.00' })
    })

    it('and refused as STALE, to be tried again, naming the write and the column', async () => {
      expect(await vote('t1', order('O1', { total: '3.00' }), line('O1', 1, { amount: null }))).toMatchObject({
        vote: 'NO',
        violations: [
          { code: 'STALE', write: 0, table: 'orders', column: 'total', retryable: true },
          { code: 'STALE', write: 1, table: 'lines', column: 'amount', retryable: true },
        ],
      })
    })

    it('and told of no fault but the real one where an input of theirs is refused', async () => {
      const writes = [order('O1', { total: '2.00' }), line('O1', 1, { quantity: 'two', amount: '2.00' })]
      expect(codes(await vote('t1', ...writes))).toEqual(['VALIDATION'])
    })
  })

  describe('of a record that the transaction leaves alone', () => {
    beforeEach(() => on.write('t1', order('O1'), line('O1', 1), line('O1', 2)))

    it('refuse as STALE what would change them', async () => {
      expect(await vote('t2', changed(1, { quantity: 9 }))).toMatchObject({
        vote: 'NO',
        violations: [{ code: 'STALE', write: null, table: 'orders', column: 'total', path: null, retryable: true }],
      })
      expect(codes(await vote('t3', remove('lines', ['usmf', 'O1', 1], ONCE)))).toEqual(['STALE'])
    })

    it('also those of the other parts', async () => {
      await on.write('t2', update('currencies', ['EUR'], { factor: 3 }, version(1, 'before')))
      const refused = await vote('t3', total({}))
      expect(refused).toMatchObject({ violations: [{ table: 'lines' }, { table: 'lines' }] })
    })

    it('let pass what does not change them', async () => {
      expect(await vote('t2', changed(1, { price: '1.00' }))).toEqual(PREPARED)
    })
  })

  it('are of the whole no longer when it is deleted', async () => {
    await on.write('t1', order('O1'), line('O1', 1))
    await on.write('t2', remove('orders', ['usmf', 'O1'], ONCE), remove('lines', ['usmf', 'O1', 1], ONCE))
    expect(await on.row('orders', 'usmf', 'O1')).toBeNull()
  })

  it('are refused where what is computed does not fit', async () => {
    expect(await vote('t1', order('O1'), line('O1', 1, { quantity: 9_000_000 }))).toMatchObject({
      vote: 'NO',
      violations: [{ code: 'VALIDATION', write: 0, column: 'total', retryable: false }],
    })
  })

  it('hold what they were worked out from until the transaction ends, also over a restart', async () => {
    await vote('t1', order('O1'), line('O1', 1))
    const dearer = update('currencies', ['EUR'], { factor: 3 }, version(1, 'before'))
    expect(codes(await vote('t2', dearer))).toEqual(['LOCKED'])
    await on.reopen()
    expect(codes(await vote('t3', dearer))).toEqual(['LOCKED'])
    await on.commit('t1')
    expect(await vote('t4', dearer)).toEqual(PREPARED)
  })

  it('hold them where the reference itself is older', async () => {
    await on.write('t1', order('O1'), line('O1', 1))
    await vote('t2', changed(1, { price: '1.00' }))
    await on.reopen()
    const dearer = update('currencies', ['EUR'], { factor: 3 }, version(1, 'before'))
    expect(codes(await vote('t3', dearer))).toEqual(['LOCKED'])
  })

  describe('can be told beforehand', () => {
    it('for records that are made, all of them', async () => {
      expect(await derive(line('O1', 1, { quantity: 3 }), order('O1'))).toEqual([
        { table: 'orders', key: recordKey(['usmf', 'O1']), set: { total: '6.00', size: 'Small' } },
        { table: 'lines', key: recordKey(['usmf', 'O1', 1]), set: { amount: '6.00' } },
      ])
    })

    it('for those that are there, what would change, written or not', async () => {
      await on.write('t1', order('O1'), line('O1', 1), line('O1', 2))
      expect(await derive(changed(1, { quantity: 3 }))).toEqual([
        { table: 'orders', key: recordKey(['usmf', 'O1']), set: { total: '8.00' } },
        { table: 'lines', key: recordKey(['usmf', 'O1', 1]), set: { amount: '6.00' } },
      ])
      expect(await derive(changed(1, { price: '1.00' }))).toEqual([])
    })

    it('without a look at writes that fit no record, and with nothing kept or locked', async () => {
      await on.write('t1', order('O1'), line('O1', 1))
      const derived = await derive(changed(1, { quantity: 2 }), line('O1', 1, {}), changed(7, { quantity: 2 }))
      expect(derived).toHaveLength(2)
      expect(await derive(update('lines', ['usmf', 'O1', 1], { quantity: 2 }, version(4, 'other')))).toEqual([])
      expect(await on.store.look({ by: 'ID', id: transactionId('derived') })).toEqual([])
      expect(await vote('t2', changed(1, { price: '1.00' }))).toEqual(PREPARED)
    })

    const ORDERS = ['O1', 'O2']
    const change = fc.oneof(
      fc.record({
        table: fc.constant('currencies'),
        key: fc.constant(['EUR']),
        factor: fc.integer({ min: 0, max: 9 }),
      }),
      fc.record({ table: fc.constant('orders'), key: fc.constantFrom(...ORDERS).map((name) => ['usmf', name]) }),
      fc.record({
        table: fc.constant('lines'),
        key: fc.tuple(fc.constant('usmf'), fc.constantFrom(...ORDERS), fc.integer({ min: 1, max: 3 })),
        quantity: fc.integer({ min: -3, max: 60 }),
        price: fc.constantFrom('0.01', '1.00', '2.50'),
        isDeleted: fc.boolean(),
      }),
    )
    const changes = fc.uniqueArray(change, {
      minLength: 1,
      maxLength: 6,
      selector: ({ table, key }) => `${table} ${key}`,
    })

    it('in just the values that a prepare then accepts', async () => {
      let run = 0
      await fc.assert(
        fc.asyncProperty(changes, async (chosen) => {
          run += 1
          const writes = await Promise.all(chosen.map(writeOf))
          const asked = request(`run${run}`, writes.flat(), { participants: ['ERP'] })
          const [derived] = await Promise.all(on.store.derive([asked]))
          const [answer] = await on.prepare(await withDerived(asked, derived ?? []))
          expect(codes(answer)).not.toContain('STALE')
          for (const name of ORDERS) await expectSum(name)
        }),
        { numRuns: 150 },
      )
    })

    async function writeOf({ table, key, ...set }: { table: string; key: readonly Value[] } & Row): Promise<Write[]> {
      const { isDeleted, ...values } = set
      const [state] = await on.store.read([{ table, key: recordKey(key) }])
      if (state === undefined) return []
      if (state.row === null) return [create(table, key, values, state.version)]
      return [isDeleted === true ? remove(table, key, state.version) : update(table, key, values, state.version)]
    }

    /** As whoever asked beforehand goes on: the values into the writes that are there, or into new ones. */
    async function withDerived(asked: PrepareRequest, derived: readonly Derivation[]): Promise<PrepareRequest> {
      const writes = new Map(asked.writes.map((write) => [`${write.table} ${write.key}`, write]))
      for (const { table, key, set } of derived) {
        const write = writes.get(`${table} ${key}`)
        const [state] = await on.store.read([{ table, key }])
        if (write === undefined) {
          if (state !== undefined) writes.set(`${table} ${key}`, update(table, JSON.parse(key), set, state.version))
        } else if (write.operation === 'CREATE' || write.operation === 'UPDATE') {
          writes.set(`${table} ${key}`, { ...write, set: { ...write.set, ...set } })
        }
      }
      return { ...asked, writes: [...writes.values()] }
    }

    async function expectSum(name: string): Promise<void> {
      const [lines] = await on.store.select([{ table: 'lines', where: { company: 'usmf', order: name } }])
      const sum = lines?.reduce((cents, { state }) => cents + Math.round(Number(state.row?.['amount']) * 100), 0) ?? 0
      const { total: computed = '0.00' } = await stored('orders', name)
      expect(Math.round(Number(computed) * 100)).toBe(sum)
    }
  })
}
