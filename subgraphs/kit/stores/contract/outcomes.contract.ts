/** The life of a transaction: votes, commits, aborts and fences in every order, and what outlives a restart. */

import { describe, expect, it } from 'vitest'
import type { FenceRequest, TransactionQuery, Violation } from '../../../../schema/participant.ts'
import { COMMITTED, codes, customer, freshStore, type Open, PREPARED } from './opened.contract.ts'
import { create, plan, request, transactionId, update, version } from './system.contract.ts'

const fence = (id: string): FenceRequest => ({
  id: transactionId(id),
  plan: plan(`plan of ${id}`),
  participants: ['CRM', 'ERP'],
})

const planned = (code: Violation['code'], message: string, path: readonly string[]): Violation => ({
  ...{ code, message, path, retryable: false },
  ...{ system: null, write: null, table: null, column: null },
})

export function outcomesContract(open: Open): void {
  const on = freshStore(open)
  const look = async (id: string) => (await on.store.look({ by: 'ID', id: transactionId(id) }))[0]

  describe('prepare', () => {
    it('votes yes and shows nothing before the commit', async () => {
      expect(await on.prepare(request('t1', [customer('C1')]))).toEqual([PREPARED])
      expect(await on.row('customers', 'usmf', 'C1')).toBeNull()
      expect(await look('t1')).toMatchObject({ state: 'PREPARED', completedAt: null, sequence: null })
    })

    it('answers a repeat as it answered first, and tells of the commit in between', async () => {
      const asked = request('t1', [customer('C1')])
      expect(await on.prepare(asked, asked)).toEqual([PREPARED, PREPARED])
      await on.commit('t1')
      expect(await on.prepare(asked)).toEqual([COMMITTED])
    })

    it('commits at once where this system is the only participant', async () => {
      expect(await on.prepare(request('t1', [customer('C1')], { participants: ['ERP'] }))).toEqual([COMMITTED])
      expect(await on.row('customers', 'usmf', 'C1')).toMatchObject({ number: 'C1' })
      expect(await look('t1')).toMatchObject({ state: 'COMMITTED', sequence: 2 })
    })

    it('refuses durably: the same id gets the same reasons again, also when they are gone', async () => {
      const asked = request('t1', [customer('C1', { group: 'B' })])
      const [refusal] = await on.prepare(asked)
      expect(codes(refusal)).toEqual(['REFERENCE'])
      await on.write('t2', create('groups', ['usmf', 'B']))
      expect(await on.prepare(asked)).toEqual([refusal])
      await on.reopen()
      expect(await on.prepare(asked)).toEqual([refusal])
    })

    it('votes FOREIGN for an id that is held under another plan, whatever became of it', async () => {
      const asked = request('t1', [customer('C1')])
      const other = { ...asked, plan: plan('another') }
      await on.prepare(asked)
      expect(await on.prepare(other)).toEqual([{ vote: 'FOREIGN' }])
      await on.commit('t1')
      expect(await on.prepare(other)).toEqual([{ vote: 'FOREIGN' }])
    })

    it('refuses after the deadline', async () => {
      const [vote] = await on.prepare(request('t1', [customer('C1')], { deadline: 1 }))
      expect(codes(vote)).toEqual(['TIMEOUT'])
      expect(await look('t1')).toMatchObject({ state: 'ABORTED' })
    })

    it('refuses what the planner refused, with its own reasons added', async () => {
      const refusal = planned('READ_ONLY', 'not to be written', ['name'])
      const [vote] = await on.prepare(request('t1', [customer('C1', { group: 'B' })], { refusals: [refusal] }))
      expect(codes(vote)).toEqual(['READ_ONLY', 'REFERENCE'])
      expect(vote?.vote === 'NO' && vote.violations[0]).toEqual(refusal)
    })

    it('takes a refusal without any write, so that a system can witness one', async () => {
      const refusal = planned('NOT_FOUND', 'nothing there', [])
      expect(codes((await on.prepare(request('t1', [], { refusals: [refusal] })))[0])).toEqual(['NOT_FOUND'])
      expect(await look('t1')).toMatchObject({ state: 'ABORTED', violations: [refusal] })
    })
  })

  describe('commit', () => {
    it('applies what was prepared and may be repeated', async () => {
      await on.prepare(request('t1', [customer('C1')]))
      await on.commit('t1', 't1')
      await on.commit('t1')
      expect(await on.version('customers', 'usmf', 'C1')).toEqual(version(1, 't1'))
      expect(await look('t1')).toMatchObject({ state: 'COMMITTED', sequence: 2 })
    })

    it('rejects for a transaction that is unknown or aborted', async () => {
      await expect(on.commit('t1')).rejects.toThrow()
      await on.prepare(request('t2', [customer('C1')]))
      await Promise.all(on.store.abort([transactionId('t2')]))
      await expect(on.commit('t2')).rejects.toThrow()
      expect(await on.row('customers', 'usmf', 'C1')).toBeNull()
    })

    it('numbers the commits one by one in their order', async () => {
      await on.prepare(request('t1', [customer('C1')]), request('t2', [customer('C2')]))
      await on.commit('t2')
      await on.commit('t1')
      await on.reopen()
      await on.write('t3', customer('C3'))
      const rows = await Promise.all(['seed', 't2', 't1', 't3'].map(look))
      expect(rows.map((row) => row?.sequence)).toEqual([1, 2, 3, 4])
    })
  })

  describe('abort', () => {
    it('leaves nothing of a prepared transaction but its row, and may be repeated', async () => {
      await on.prepare(request('t1', [customer('C1')]))
      await Promise.all(on.store.abort([transactionId('t1'), transactionId('t1')]))
      expect(await look('t1')).toMatchObject({ state: 'ABORTED' })
      expect(codes((await on.prepare(request('t1', [customer('C1')])))[0])).toEqual([])
      expect(await on.prepare(request('t2', [customer('C1')]))).toEqual([PREPARED])
    })

    it('has nothing to do where nothing is there, and rejects for what is committed', async () => {
      await Promise.all(on.store.abort([transactionId('t1')]))
      expect(await look('t1')).toBeUndefined()
      await on.write('t2', customer('C1'))
      await expect(Promise.all(on.store.abort([transactionId('t2')]))).rejects.toThrow()
    })
  })

  describe('fence', () => {
    it('keeps out a prepare that comes later, for good', async () => {
      const [answer] = await Promise.all(on.store.fence([fence('t1')]))
      expect(answer).toMatchObject({ state: 'ABORTED', violations: [{ code: 'FENCED', retryable: true }] })
      await on.reopen()
      expect(codes((await on.prepare(request('t1', [customer('C1')])))[0])).toEqual(['FENCED'])
      expect(await Promise.all(on.store.fence([fence('t1')]))).toEqual([answer])
      await expect(on.commit('t1')).rejects.toThrow()
    })

    it('answers what is there and changes nothing', async () => {
      const states = async (id: string) => (await Promise.all(on.store.fence([fence(id)]))).map(({ state }) => state)
      await on.prepare(request('t1', [customer('C1')]), request('t2', [customer('C2', { group: 'B' })]))
      expect(await states('t1')).toEqual(['PREPARED'])
      await on.commit('t1')
      expect(await states('t1')).toEqual(['COMMITTED'])
      expect(await Promise.all(on.store.fence([fence('t2')]))).toMatchObject([
        { state: 'ABORTED', violations: [{ code: 'REFERENCE' }] },
      ])
    })

    it('answers FOREIGN for an id that is held under another plan', async () => {
      await on.prepare(request('t1', [customer('C1')], { plan: plan('another') }))
      expect(await Promise.all(on.store.fence([fence('t1')]))).toEqual([{ state: 'FOREIGN' }])
    })

    it('in one call with its prepare, goes first or finds it prepared', async () => {
      const [vote, answer] = await Promise.all([
        on.prepare(request('t1', [customer('C1')])),
        Promise.all(on.store.fence([fence('t1')])),
      ])
      expect([vote[0]?.vote, answer[0]?.state]).toEqual(
        vote[0]?.vote === 'NO' ? ['NO', 'ABORTED'] : ['YES', 'PREPARED'],
      )
    })
  })

  it('keeps a prepared transaction and its locks over a restart', async () => {
    await on.prepare(request('t1', [customer('C1')]))
    await on.reopen()
    expect(codes((await on.prepare(request('t2', [customer('C1')])))[0])).toEqual(['LOCKED'])
    expect(
      codes((await on.prepare(request('t3', [update('groups', ['usmf', 'A'], {}, version(1, 'seed'))])))[0]),
    ).toEqual(['LOCKED'])
    await on.commit('t1')
    expect(await on.row('customers', 'usmf', 'C1')).toMatchObject({ name: 'Customer C1', group: 'A' })
  })

  it('tells of votes and commits what a repeat of the whole story would tell', async () => {
    const asked = request('t1', [customer('C1')], {
      ...{ actor: null, origin: 'CRM', startedAt: 5, age: { at: 3, id: transactionId('t0') } },
      idempotency: { key: 'key', digest: 'digest', attempt: 1 },
      subject: { entity: 'Customer', id: 'entity-id' },
    })
    await on.prepare(asked)
    const { writes, refusals, ...kept } = asked
    const [row] = await on.store.look({ by: 'IDEMPOTENCY_KEY', key: 'key' })
    expect(row).toMatchObject({ ...kept, state: 'PREPARED', violations: refusals })
    expect(row?.writes).toMatchObject([
      { operation: 'CREATE', table: 'customers', key: writes[0]?.key, before: null, after: { name: 'Customer C1' } },
    ])
  })

  describe('look', () => {
    const ids = async (query: TransactionQuery) => (await on.store.look(query)).map(({ id }) => id)
    const recent = { by: 'RECENT', states: null, origins: null, subject: null, after: null, limit: 10 } as const

    it('finds what is in doubt by its deadline', async () => {
      const far = Date.now() + 60_000
      await on.prepare(
        request('t1', [customer('C1')], { deadline: far }),
        request('t2', [customer('C2')], { deadline: far + 1 }),
      )
      expect(await ids({ by: 'IN_DOUBT', deadlineBefore: far })).toEqual([])
      expect(await ids({ by: 'IN_DOUBT', deadlineBefore: far + 1 })).toEqual(['t1'])
      await on.commit('t1')
      expect(await ids({ by: 'IN_DOUBT', deadlineBefore: Number.MAX_SAFE_INTEGER })).toEqual(['t2'])
    })

    it('pages through the newest first, by start and then id', async () => {
      await on.prepare(
        ...[3, 1, 2].map((at) => request(`t${at}`, [customer(`C${at}`)], { startedAt: 2_000 + at })),
        request('t4', [customer('C4')], { startedAt: 2_001 }),
      )
      expect(await ids({ ...recent, limit: 2 })).toEqual(['t3', 't2'])
      const after = { startedAt: 2_002, id: transactionId('t2') }
      expect(await ids({ ...recent, limit: 2, after })).toEqual(['t4', 't1'])
      expect(await ids({ ...recent, after: { startedAt: 2_001, id: transactionId('t1') } })).toEqual(['seed'])
    })

    it('narrows by state, origin and subject', async () => {
      const subject = { entity: 'Customer', id: 'c1' }
      await on.prepare(
        request('t1', [customer('C1')], { subject }),
        request('t2', [customer('C2')], { subject, origin: 'ERP' }),
        request('t3', [customer('C3', { group: 'B' })], { subject: { entity: 'Customer', id: 'c3' } }),
      )
      expect(await ids({ ...recent, subject: 'c1' })).toEqual(['t2', 't1'])
      expect(await ids({ ...recent, origins: ['ERP'] })).toEqual(['t2'])
      expect(await ids({ ...recent, states: ['ABORTED'] })).toEqual(['t3'])
      expect(await ids({ ...recent, states: ['PREPARED', 'COMMITTED'] })).toEqual(['t2', 't1', 'seed'])
    })
  })
}
