/** What a committed write makes of a record: versions, tombstones, defaults; and what a write is refused for. */

import { describe, expect, it } from 'vitest'
import type { Violation, Write } from '../../../../schema/participant.ts'
import { NEVER_WRITTEN, type RecordKey } from '../../../../schema/record.ts'
import { recordKey } from '../../../../schema/record-key.ts'
import { codes, customer, freshStore, type Open, payment, SEED } from './opened.contract.ts'
import { check, create, local, remove, request, transactionId, update, version } from './system.contract.ts'

export function recordsContract(open: Open): void {
  const on = freshStore(open)
  const state = async (...key: readonly string[]) =>
    (await on.store.read([{ table: 'customers', key: recordKey(key) }]))[0]
  const refusal = async (...writes: readonly Write[]): Promise<readonly Violation[]> => {
    const [vote] = await on.prepare(request('refused', writes))
    if (vote?.vote !== 'NO') throw new Error('it was not refused')
    return vote.violations
  }

  describe('a create', () => {
    it('fills in defaults, the key, a guid and empty columns', async () => {
      await on.write('t1', customer('C1', { limit: '12.5', seen: '2024-05-31T14:00:00+02:00', tags: { a: [1, null] } }))
      const row = await on.row('customers', 'usmf', 'C1')
      expect(row).toEqual({
        ...{ company: 'usmf', number: 'C1', name: 'Customer C1', email: null, group: 'A', limit: '12.50', hold: 'No' },
        ...{
          level: null,
          active: true,
          visits: null,
          since: null,
          seen: '2024-05-31T12:00:00.000Z',
          tags: { a: [1, null] },
        },
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      })
    })

    it('keeps every value as it came', async () => {
      const set = {
        ...{ limit: '0.07', hold: 'All', level: 20, active: false, visits: -2_147_483_647 },
        ...{ since: '0001-01-31', tags: 'text', name: '\'😀"; --' },
      }
      await on.write('t0', update('groups', ['usmf', 'A'], { maximum: '9999999999999999.99' }, SEED))
      await on.write('t1', customer('C1', set), customer('C2', { limit: '9999999999999999.99' }))
      await on.write('t2', customer('C3', { limit: '-0.05' }))
      expect(await on.row('customers', 'usmf', 'C1')).toMatchObject(set)
      expect(await on.row('customers', 'usmf', 'C2')).toMatchObject({ limit: '9999999999999999.99' })
      expect(await on.row('customers', 'usmf', 'C3')).toMatchObject({ limit: '-0.05' })
    })

    it('may give a record and the ones that refer to it in one transaction', async () => {
      await on.write('t1', payment('P1', 'C1', '1.00'), customer('C1', { group: 'B' }), create('groups', ['usmf', 'B']))
      expect(await on.row('payments', 'usmf', 'P1')).toMatchObject({ customer: 'C1' })
    })
  })

  describe('versions', () => {
    it('name the transaction and count the synchronised writes', async () => {
      await on.write('t1', customer('C1'))
      await on.write('t2', update('customers', ['usmf', 'C1'], { name: 'other' }, version(1, 't1')))
      expect(await state('usmf', 'C1')).toMatchObject({ version: version(2, 't2'), localVersion: 0 })
    })

    it('outlive a delete, and a record created again continues them', async () => {
      await on.write('t1', customer('C1'))
      await on.write('t2', remove('customers', ['usmf', 'C1'], version(1, 't1')))
      await on.reopen()
      expect(await state('usmf', 'C1')).toEqual({
        version: version(2, 't2'),
        row: null,
        localVersion: 0,
        updatedAt: null,
      })
      expect(codes((await on.prepare(request('t3', [customer('C1')])))[0])).toEqual(['STALE'])
      await on.write('t4', create('customers', ['usmf', 'C1'], { name: 'again' }, version(2, 't2')))
      expect(await state('usmf', 'C1')).toMatchObject({ version: version(3, 't4'), row: { name: 'again' } })
      await on.write('t5', remove('customers', ['usmf', 'C1'], version(3, 't4')))
      expect(await on.version('customers', 'usmf', 'C1')).toEqual(version(4, 't5'))
    })

    it('may step over numbers, where both sides agreed on a higher one', async () => {
      await on.write('t1', { ...customer('C1'), revision: 7 })
      expect(await on.version('customers', 'usmf', 'C1')).toEqual(version(7, 't1'))
    })

    it('stand still in a local write, which counts for itself', async () => {
      await on.write('t1', customer('C1'))
      const before = await state('usmf', 'C1')
      await on.write('t2', local(update('customers', ['usmf', 'C1'], { visits: 1 }, version(1, 't1'))))
      await on.write('t3', local(update('customers', ['usmf', 'C1'], { visits: 2 }, version(1, 't1'))))
      const after = await state('usmf', 'C1')
      expect(after).toMatchObject({ version: version(1, 't1'), localVersion: 2, row: { visits: 2 } })
      expect(after?.updatedAt).toBe(before?.updatedAt)
    })

    it('are held against the local version as well, where the write names it', async () => {
      await on.write('t1', customer('C1'))
      await on.write('t2', local(update('customers', ['usmf', 'C1'], { visits: 1 }, version(1, 't1'))))
      const place = { table: 'customers', key: recordKey(['usmf', 'C1']), base: version(1, 't1'), revision: 2 }
      for (const write of [
        { operation: 'UPDATE', ...place, set: { name: 'x' } },
        { operation: 'DELETE', ...place },
      ] as const) {
        const requests = [0, 1].map((localBase) => request('t3', [{ ...write, localBase }]))
        const answers = await Promise.all(on.store.check(requests))
        expect(answers.map((violations) => violations.map(({ code }) => code))).toEqual([['STALE'], []])
      }
    })

    it('of a record that was only ever written locally are those of one never written', async () => {
      const started = Date.now()
      await on.write('t1', local(customer('C1')))
      expect(await state('usmf', 'C1')).toMatchObject({ version: NEVER_WRITTEN, localVersion: 1 })
      expect((await state('usmf', 'C1'))?.updatedAt).toBeGreaterThanOrEqual(started)
      await on.write('t2', local(remove('customers', ['usmf', 'C1'], NEVER_WRITTEN)))
      expect(await state('usmf', 'C1')).toMatchObject({ version: NEVER_WRITTEN, row: null })
    })
  })

  describe('checks', () => {
    const C1 = ['usmf', 'C1']

    it('that a record stands as it was read, or is not there, and writes nothing', async () => {
      await on.write('t1', customer('C1'))
      const before = await state('usmf', 'C1')
      const checks = [check('customers', C1, version(1, 't1')), check('customers', ['usmf', 'C2'], NEVER_WRITTEN)]
      await on.write('t2', ...checks)
      expect(await state('usmf', 'C1')).toEqual(before)
      expect(await state('usmf', 'C2')).toMatchObject({ version: NEVER_WRITTEN, row: null })
      const rows = await on.store.look({ by: 'ID', id: transactionId('t2') })
      expect(rows).toMatchObject([{ state: 'COMMITTED', writes: [] }])
    })

    it('and refuses as STALE what was made or written since', async () => {
      await on.write('t1', customer('C1'))
      for (const base of [NEVER_WRITTEN, version(1, 'other')]) {
        const [violations] = await Promise.all(on.store.check([request('t2', [check('customers', C1, base)])]))
        expect(violations).toMatchObject([{ code: 'STALE', retryable: true, write: 0, table: 'customers' }])
      }
    })

    it('whatever a deleted record was last', async () => {
      await on.write('t1', customer('C1'))
      await on.write('t2', remove('customers', C1, version(1, 't1')))
      const votes = [version(1, 't1'), NEVER_WRITTEN, version(2, 't2')].map((base) => check('customers', C1, base))
      const answers = await Promise.all(on.store.check(votes.map((one) => request('t3', [one]))))
      expect(answers.map((violations) => violations.map(({ code }) => code))).toEqual([['STALE'], ['STALE'], []])
    })
  })

  describe('refuses', () => {
    it('every write off its base as STALE, to be tried again', async () => {
      await on.write('t1', customer('C1'))
      for (const write of [
        customer('C1'),
        update('customers', ['usmf', 'C1'], { name: 'x' }, version(1, 'other')),
        update('customers', ['usmf', 'C1'], { name: 'x' }, version(2, 't1')),
        update('customers', ['usmf', 'C2'], { name: 'x' }, version(1, 't1')),
        remove('customers', ['usmf', 'C1'], NEVER_WRITTEN),
      ]) {
        const [violations] = await Promise.all(on.store.check([request('t2', [write])]))
        expect(violations).toMatchObject([{ code: 'STALE', retryable: true }])
      }
    })

    it('on the right base, a create of what exists and a write of what does not', async () => {
      await on.write('t1', customer('C1'))
      const violations = await refusal(
        create('customers', ['usmf', 'C1'], { name: 'x' }, version(1, 't1')),
        update('customers', ['usmf', 'C2'], { name: 'x' }, NEVER_WRITTEN),
        remove('customers', ['usmf', 'C3'], NEVER_WRITTEN),
      )
      expect(violations.map(({ code, write }) => [code, write])).toEqual([
        ['DUPLICATE', 0],
        ['NOT_FOUND', 1],
        ['NOT_FOUND', 2],
      ])
    })

    it('everything that is wrong with a transaction at once, each with its place', async () => {
      const violations = await refusal(
        customer('C1', { name: 'a name of more than twenty', hold: 'Maybe', group: 'B', colour: 'red', id: 'x' }),
        create('customers', ['usmf', 'C2'], { limit: '0.001', name: null }),
        { ...customer('C3'), table: 'nothing' },
        { ...customer('C4'), key: 'nonsense' as RecordKey },
      )
      expect(violations.map(({ code, write, column }) => [write, code, column])).toEqual([
        [0, 'VALIDATION', 'name'],
        [0, 'VALIDATION', 'hold'],
        [0, 'VALIDATION', 'colour'],
        [0, 'VALIDATION', 'id'],
        [0, 'REFERENCE', 'group'],
        [1, 'VALIDATION', 'limit'],
        [1, 'REQUIRED', 'name'],
        [2, 'VALIDATION', null],
        [3, 'VALIDATION', null],
      ])
      expect(violations.every(({ system, path, retryable }) => system === 'ERP' && path === null && !retryable)).toBe(
        true,
      )
    })

    it('with a bounded list that counts the rest', async () => {
      const violations = await refusal(...Array.from({ length: 1_500 }, (_, at) => customer(`C${at}`, { level: 7 })))
      expect(violations).toHaveLength(1_000)
      expect(violations.at(-1)?.message).toContain('501')
    })

    it('a change of what never changes, but not its repetition', async () => {
      await on.write('t1', customer('C1', { since: '2024-01-01' }))
      const id = (await on.row('customers', 'usmf', 'C1'))?.['id'] ?? null
      const set = { since: '2024-01-01', number: 'C1', id }
      await on.write('t2', update('customers', ['usmf', 'C1'], set, version(1, 't1')))
      const changed = { since: '2024-01-02', number: 'C2', id: '00000000-0000-4000-8000-000000000000' }
      const violations = await refusal(update('customers', ['usmf', 'C1'], changed, version(2, 't2')))
      expect(violations.map(({ code, column }) => [code, column])).toEqual([
        ['READ_ONLY', 'since'],
        ['READ_ONLY', 'number'],
        ['READ_ONLY', 'id'],
      ])
    })

    it('a unique value that another record has, unless the transaction moves it', async () => {
      await on.write('t1', customer('C1', { email: 'a@b.c' }), customer('C2', { email: 'd@e.f' }), customer('C3'))
      const email = (number: string, value: string | null) =>
        update('customers', ['usmf', number], { email: value }, version(1, 't1'))
      expect(await refusal(email('C3', 'a@b.c'))).toMatchObject([{ code: 'DUPLICATE', column: 'email' }])
      const [twice] = await on.prepare(request('t2', [email('C3', 'x@y.z'), email('C2', 'x@y.z')]))
      expect(codes(twice)).toEqual(['DUPLICATE'])
      await on.write('t3', email('C1', 'd@e.f'), email('C2', 'a@b.c'))
      expect(await on.row('customers', 'usmf', 'C1')).toMatchObject({ email: 'd@e.f' })
    })

    it('a delete of what another record refers to, unless that goes too', async () => {
      await on.write('t1', customer('C1'))
      const [violation] = await refusal(remove('groups', ['usmf', 'A'], SEED))
      expect(violation).toMatchObject({ code: 'REFERENCE', table: 'groups' })
      expect(violation?.message).toContain('customers ["usmf","C1"]')
      await on.write('t2', remove('groups', ['usmf', 'A'], SEED), remove('customers', ['usmf', 'C1'], version(1, 't1')))
      expect(await on.row('groups', 'usmf', 'A')).toBeNull()
    })

    it('a delete of what a record goes on referring to in the same transaction', async () => {
      await on.write('t1', customer('C1'))
      const violations = await refusal(
        remove('groups', ['usmf', 'A'], SEED),
        update('customers', ['usmf', 'C1'], { name: 'x' }, version(1, 't1')),
        customer('C2'),
      )
      expect(violations.map(({ code, write }) => [code, write])).toEqual([
        ['REFERENCE', 0],
        ['REFERENCE', 2],
      ])
    })

    it('what a rule forbids, with the transaction’s own writes in its sight', async () => {
      expect(await refusal(customer('C1', { limit: '1000.01' }))).toMatchObject([{ code: 'RULE', column: 'limit' }])
      await on.write(
        't1',
        customer('C2', { limit: '5000.00' }),
        update('groups', ['usmf', 'A'], { maximum: '5000.00' }, SEED),
        payment('P1', 'C2', '4000.00'),
      )
      const both = request('t2', [payment('P2', 'C2', '600.00'), payment('P3', 'C2', '600.00')])
      expect(codes((await on.prepare(both))[0])).toEqual(['RULE', 'RULE'])
    })

    it('a record that is written twice', async () => {
      expect(await refusal(customer('C1'), customer('C1'))).toMatchObject([{ code: 'VALIDATION', write: 1 }])
    })
  })
}
