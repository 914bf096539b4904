/** What two transactions at once may do: the one that is older waits, the younger is refused, or both go on. */

import { describe, expect, it } from 'vitest'
import { NEVER_WRITTEN } from '../../../../schema/record.ts'
import { recordKey } from '../../../../schema/record-key.ts'
import { codes, customer, freshStore, type Open, PREPARED, payment, SEED } from './opened.contract.ts'
import { check, create, plan, remove, request, transactionId, update, version } from './system.contract.ts'

const older = { age: { at: 1, id: transactionId('older') } }

export function locksContract(open: Open): void {
  const on = freshStore(open)

  describe('refuses the younger of two', () => {
    it('creates of one record', async () => {
      await on.prepare(request('t1', [customer('C1')]))
      const [vote] = await on.prepare(request('t2', [customer('C1')]))
      expect(vote).toMatchObject({
        vote: 'NO',
        violations: [{ code: 'LOCKED', retryable: true, write: 0, table: 'customers' }],
      })
    })

    it('a check of a record that the other writes, and a write of one that the other checks', async () => {
      await on.prepare(request('t1', [customer('C1')]))
      const absence = check('customers', ['usmf', 'C1'], NEVER_WRITTEN)
      expect(codes((await on.prepare(request('t2', [absence])))[0])).toEqual(['LOCKED'])
      await Promise.all(on.store.abort([transactionId('t1')]))
      expect(await on.prepare(request('t3', [absence]))).toEqual([PREPARED])
      expect(codes((await on.prepare(request('t4', [customer('C1')])))[0])).toEqual(['LOCKED'])
    })

    it('claims of one unique value', async () => {
      await on.prepare(request('t1', [customer('C1', { email: 'a@b.c' })]))
      expect(codes((await on.prepare(request('t2', [customer('C2', { email: 'a@b.c' })])))[0])).toEqual(['LOCKED'])
      expect(await on.prepare(request('t3', [customer('C3', { email: 'd@e.f' })]))).toEqual([PREPARED])
    })

    it('a claim of a unique value that the other gives up, because it may yet keep it', async () => {
      await on.write('t1', customer('C1', { email: 'a@b.c' }))
      await on.prepare(request('t2', [update('customers', ['usmf', 'C1'], { email: null }, version(1, 't1'))]))
      expect(codes((await on.prepare(request('t3', [customer('C2', { email: 'a@b.c' })])))[0])).toEqual(['LOCKED'])
      await on.commit('t2')
      expect(await on.prepare(request('t4', [customer('C2', { email: 'a@b.c' })]))).toEqual([PREPARED])
    })

    it('a delete beside a new reference to the record, either way round', async () => {
      await on.write('t1', create('groups', ['usmf', 'B']))
      await on.prepare(request('t2', [customer('C1', { group: 'B' })]))
      const deletion = [remove('groups', ['usmf', 'B'], version(1, 't1'))]
      expect(codes((await on.prepare(request('t3', deletion)))[0])).toEqual(['LOCKED'])
      await Promise.all(on.store.abort([transactionId('t2')]))
      expect(await on.prepare(request('t4', deletion))).toEqual([PREPARED])
      expect(codes((await on.prepare(request('t5', [customer('C1', { group: 'B' })])))[0])).toEqual(['LOCKED'])
    })

    it('a change of a record that a rule of the other has read', async () => {
      await on.prepare(request('t1', [customer('C1', { limit: '900.00' })]))
      const lowered = [update('groups', ['usmf', 'A'], { maximum: '500.00' }, SEED)]
      expect(codes((await on.prepare(request('t2', lowered)))[0])).toEqual(['LOCKED'])
    })

    it('payments that together would break a limit which each alone keeps', async () => {
      await on.write('t1', customer('C1', { limit: '100.00' }))
      await on.prepare(request('t2', [payment('P1', 'C1', '60.00')]))
      expect(codes((await on.prepare(request('t3', [payment('P2', 'C1', '60.00')])))[0])).toEqual(['LOCKED'])
      await on.commit('t2')
      expect(codes((await on.prepare(request('t4', [payment('P2', 'C1', '60.00')])))[0])).toEqual(['RULE'])
      expect(await on.prepare(request('t5', [payment('P3', 'C1', '40.00')]))).toEqual([PREPARED])
    })
  })

  it('lets any number of transactions refer to one record', async () => {
    const requests = ['C1', 'C2', 'C3', 'C4'].map((number) => request(`t${number}`, [customer(number)]))
    expect(await on.prepare(...requests)).toEqual([PREPARED, PREPARED, PREPARED, PREPARED])
  })

  it('locks nothing for a transaction that is refused', async () => {
    await on.prepare(request('t1', [customer('C1', { group: 'B' }), customer('C2', { email: 'a@b.c' })]))
    expect(await on.prepare(request('t2', [customer('C1'), customer('C3', { email: 'a@b.c' })]))).toEqual([PREPARED])
  })

  it('frees the locks with the commit, the abort, and the vote of a lone participant', async () => {
    await on.prepare(request('t1', [customer('C1')]))
    await Promise.all(on.store.abort([transactionId('t1')]))
    await on.prepare(request('t2', [customer('C1')]))
    await on.commit('t2')
    await on.write('t3', update('customers', ['usmf', 'C1'], { name: 'other' }, version(1, 't2')))
    expect(
      await on.prepare(request('t4', [update('customers', ['usmf', 'C1'], { name: 'last' }, version(2, 't3'))])),
    ).toEqual([PREPARED])
  })

  describe('lets the older wait', () => {
    it('until the younger is aborted, and then judges it afresh', async () => {
      await on.prepare(request('t1', [customer('C1')]))
      const waiting = on.prepare(request('t2', [customer('C1')], older))
      await Promise.all(on.store.abort([transactionId('t1')]))
      expect(await waiting).toEqual([PREPARED])
    })

    it('until the younger is committed, which may leave it stale', async () => {
      await on.prepare(request('t1', [customer('C1')]))
      const waiting = on.prepare(request('t2', [customer('C1')], older))
      await on.commit('t1')
      expect(codes((await waiting)[0])).toEqual(['STALE'])
    })

    it('without holding up its neighbours in the same call', async () => {
      await on.prepare(request('t1', [customer('C1')]))
      const [waiting, other] = on.store.prepare([
        request('t2', [customer('C1')], older),
        request('t3', [customer('C3')]),
      ])
      expect(await other).toEqual(PREPARED)
      await on.commit('t1')
      expect(codes(await waiting)).toEqual(['STALE'])
    })

    it('not beyond its deadline', async () => {
      await on.prepare(request('t1', [customer('C1')]))
      const [vote] = await on.prepare(request('t2', [customer('C1')], { ...older, deadline: Date.now() + 20 }))
      expect(['LOCKED', 'TIMEOUT']).toContain(codes(vote)?.[0 as never])
    })

    it('and answers a repeat together with the first', async () => {
      await on.prepare(request('t1', [customer('C1')]))
      const asked = request('t2', [customer('C1')], older)
      const waiting = on.prepare(asked, asked)
      await Promise.all(on.store.abort([transactionId('t1')]))
      expect(await waiting).toEqual([PREPARED, PREPARED])
    })

    it('no longer once it is fenced', async () => {
      await on.prepare(request('t1', [customer('C1')]))
      const asked = request('t2', [customer('C1')], older)
      const waiting = on.prepare(asked)
      const answers = on.store.fence([{ id: asked.id, plan: asked.plan, participants: asked.participants }])
      expect(await Promise.all(answers)).toMatchObject([{ state: 'ABORTED' }])
      expect(codes((await waiting)[0])).toEqual(['FENCED'])
      await on.commit('t1')
      expect(await on.row('customers', 'usmf', 'C1')).toMatchObject({ name: 'Customer C1' })
    })

    it('no longer once it is aborted, and then refuses it for good', async () => {
      await on.prepare(request('t1', [customer('C1')]))
      const asked = request('t2', [customer('C1')], older)
      const waiting = on.prepare(asked)
      await Promise.all(on.store.abort([asked.id]))
      expect(codes((await waiting)[0])).toEqual(['LOCKED'])
      await Promise.all(on.store.abort([transactionId('t1')]))
      expect(codes((await on.prepare(asked))[0])).toEqual(['LOCKED'])
    })

    it('and tells of two plans under its id, of which neither goes on', async () => {
      await on.prepare(request('t1', [customer('C1')]))
      const asked = request('t2', [customer('C1')], older)
      const waiting = on.prepare(asked)
      const [other] = await on.prepare({ ...asked, plan: plan('another') })
      expect(codes(other)).toEqual(['LOCKED'])
      expect(await waiting).toEqual([{ vote: 'FOREIGN' }])
    })
  })

  it('takes no lock for a check, and minds none', async () => {
    await on.prepare(request('t1', [customer('C1')]))
    expect(await Promise.all(on.store.check([request('t2', [customer('C1')])]))).toEqual([[]])
    expect(await on.store.look({ by: 'ID', id: transactionId('t2') })).toEqual([])
    await on.commit('t1')
    const [violations] = await Promise.all(on.store.check([request('t2', [customer('C1')])]))
    expect(violations?.map(({ code }) => code)).toEqual(['STALE'])
    expect(await on.store.get('customers', [recordKey(['usmf', 'C1'])])).toHaveLength(1)
  })
}
