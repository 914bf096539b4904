/** Records that are parts of another, as lines are of their order: they come, stay and go under its lock. */

import { beforeEach, describe, expect, it } from 'vitest'
import type { Write } from '../../../../schema/participant.ts'
import { keyValues, recordKey } from '../../../../schema/record-key.ts'
import { codes, freshStore, line, type Open, order, PREPARED, payment } from './opened.contract.ts'
import { create, remove, request, transactionId, update, version } from './system.contract.ts'

const older = { age: { at: 1, id: transactionId('older') } }
const ONCE = version(1, 't1')

export function partsContract(open: Open): void {
  const on = freshStore(open)
  const vote = async (id: string, ...writes: readonly Write[]) => (await on.prepare(request(id, writes)))[0]
  beforeEach(() => on.write('before', create('currencies', ['EUR'])))

  it('come with their whole, in whatever order they are written', async () => {
    await on.write('t1', line('O1', 2), order('O1'), line('O1', 1))
    expect(await on.row('lines', 'usmf', 'O1', 2)).toMatchObject({ company: 'usmf', order: 'O1', line: 2 })
  })

  it('need their whole', async () => {
    expect(await vote('t1', line('O1', 1))).toMatchObject({
      vote: 'NO',
      violations: [{ code: 'REFERENCE', column: 'order', write: 0 }],
    })
  })

  it('keep their whole, unless they go with it', async () => {
    await on.write('t1', order('O1'), line('O1', 1), line('O1', 2))
    const [whole, first, second] = [
      remove('orders', ['usmf', 'O1'], ONCE),
      remove('lines', ['usmf', 'O1', 1], ONCE),
      remove('lines', ['usmf', 'O1', 2], ONCE),
    ]
    expect(codes(await vote('t2', whole))).toEqual(['REFERENCE'])
    expect(codes(await vote('t3', whole, first))).toEqual(['REFERENCE'])
    await on.write('t4', first, whole, second)
    expect(await on.row('orders', 'usmf', 'O1')).toBeNull()
    expect(await on.row('lines', 'usmf', 'O1', 2)).toBeNull()
  })

  describe('lock their whole', () => {
    beforeEach(() => on.write('t1', order('O1'), order('O2'), line('O1', 1, { price: '0.00' })))
    const free = (of: string, number: number) => line(of, number, { price: '0.00' })

    it('so that two transactions with lines of one order exclude each other', async () => {
      expect(await vote('t2', free('O2', 1))).toEqual(PREPARED)
      expect(await vote('t3', free('O2', 2))).toMatchObject({ vote: 'NO', violations: [{ code: 'LOCKED', write: 0 }] })
      expect(await vote('t4', order('O3'), free('O3', 1))).toEqual(PREPARED)
    })

    it('so that the older of two waits, and then sees what the younger has left', async () => {
      await vote('t2', free('O2', 1))
      const waiting = on.prepare(request('t3', [free('O2', 2)], older))
      await Promise.all(on.store.abort([transactionId('t2')]))
      expect(await waiting).toEqual([PREPARED])
    })

    it('also by a change and a delete, also over a restart', async () => {
      await vote('t2', update('lines', ['usmf', 'O1', 1], { quantity: 3 }, ONCE))
      await vote('t3', remove('orders', ['usmf', 'O2'], ONCE))
      await on.reopen()
      expect(codes(await vote('t4', update('orders', ['usmf', 'O1'], { closed: true }, ONCE)))).toEqual(['LOCKED'])
      expect(codes(await vote('t5', free('O2', 1)))).toEqual(['LOCKED'])
    })
  })

  it('may be judged by their whole as it was before the transaction', async () => {
    await on.write('t1', order('O1', { closed: true }), line('O1', 1))
    const opened = update('orders', ['usmf', 'O1'], { closed: false }, ONCE)
    const changed = update('lines', ['usmf', 'O1', 1], { quantity: 1 }, ONCE)
    expect(codes(await vote('t2', opened, changed))).toEqual(['RULE', 'RULE'])
    expect(codes(await vote('t3', line('O1', 2)))).toContain('RULE')
  })

  it('are judged together with all others, committed and written alike', async () => {
    await on.write('t1', order('O1'), line('O1', 1, { price: '0.00' }), line('O1', 2))
    const [given, taken] = [
      update('lines', ['usmf', 'O1', 2], { price: '0.00' }, ONCE),
      update('lines', ['usmf', 'O1', 1], { price: '2.00' }, ONCE),
    ]
    const kept = update('orders', ['usmf', 'O1'], {}, ONCE)
    expect(codes(await vote('t2', given, kept))).toEqual(['RULE'])
    expect(await vote('t3', given, taken, kept)).toEqual(PREPARED)
  })

  it('are selected in key order, by number and not by digits', async () => {
    await on.write('t1', order('O1'), order('O2'), ...[10, 9, 2].map((number) => line('O1', number)), line('O2', 1))
    const [lines, others, none] = await on.store.select([
      { table: 'lines', where: { company: 'usmf', order: 'O1' } },
      { table: 'lines', where: { line: 1 } },
      { table: 'lines', where: { company: 'usmf', order: 'O3' } },
    ])
    expect(lines?.map(({ key }) => keyValues(key)[2])).toEqual([2, 9, 10])
    expect(others).toEqual([
      { key: recordKey(['usmf', 'O2', 1]), state: expect.objectContaining({ version: ONCE, localVersion: 0 }) },
    ])
    expect(none).toEqual([])
    await expect(on.store.select([{ table: 'nothing', where: {} }])).rejects.toThrow()
  })

  it('name the path of the caller in what is refused and in what is kept', async () => {
    const at = ['input', 'lines', '0']
    const bad = { ...line('O1', 1, { quantity: 'many' }), at }
    const refused = { ...payment('P1', 'C1', '1.00'), at: ['input', 'payment'] }
    expect(await vote('t1', order('O1'), bad, refused)).toMatchObject({
      violations: [
        { code: 'VALIDATION', path: at },
        { code: 'REFERENCE', path: ['input', 'payment'] },
      ],
    })
    await vote('t2', order('O1'), { ...line('O1', 1), at })
    const rows = await Promise.all(['t1', 't2'].map((id) => on.store.look({ by: 'ID', id: transactionId(id) })))
    expect(rows.map(([row]) => row?.writes.map((write) => write.at))).toEqual([
      [undefined, at, ['input', 'payment']],
      [undefined, at],
    ])
  })
}
