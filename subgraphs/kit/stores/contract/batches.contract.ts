/** Batches: one row for many members, each of which is judged alone, and committed unless somebody refuses it. */

import { describe, expect, it } from 'vitest'
import type { FenceAnswer, PrepareRequest, Violation, Vote, Write } from '../../../../schema/participant.ts'
import { codes, customer, freshStore, type Open, PREPARED, payment, SEED } from './opened.contract.ts'
import { create, plan, request, transactionId, update, version } from './system.contract.ts'

/** Each member's writes, in the order of the members. */
const batch = (id: string, members: readonly (readonly Write[])[], more: Partial<PrepareRequest> = {}) =>
  request(
    id,
    members.flatMap((writes, member) => writes.map((write) => ({ ...write, member }))),
    { members: members.length, ...more },
  )

const customers = (...numbers: readonly string[]) => numbers.map((number) => [customer(number)])
const UNFIT = customer('C9', { group: 'none' })

const planned = (member: number): Violation => ({
  ...{ code: 'CONFLICT', message: 'was changed', path: [], retryable: false, member },
  ...{ system: null, write: null, table: null, column: null },
})

const leftOutOf = (answer: Vote | FenceAnswer | undefined) =>
  answer !== undefined && 'leftOut' in answer ? answer.leftOut.members : []

/** The codes of what is said of each member, in order. */
const reasonsOf = (answer: Vote | FenceAnswer | undefined) =>
  answer !== undefined && 'leftOut' in answer
    ? answer.leftOut.violations.map(({ member, code }) => [member, code])
    : answer

export function batchesContract(open: Open): void {
  const on = freshStore(open)
  const look = async (id: string) => (await on.store.look({ by: 'ID', id: transactionId(id) }))[0]
  const commit = (id: string, ...leftOut: readonly number[]) =>
    Promise.all(on.store.commit([{ id: transactionId(id), leftOut }]))
  const fence = async (id: string) => {
    const asked = { id: transactionId(id), plan: plan(`plan of ${id}`), participants: ['CRM', 'ERP'] } as const
    return (await Promise.all(on.store.fence([asked])))[0]
  }
  const names = async (...numbers: readonly string[]) => {
    const rows = await Promise.all(numbers.map((number) => on.row('customers', 'usmf', number)))
    return rows.map((row) => row?.['number'] ?? null)
  }

  describe('the vote on a batch', () => {
    it('is yes to every member where none is refused', async () => {
      expect(await on.prepare(batch('t1', customers('C1', 'C2')))).toEqual([PREPARED])
      expect(await look('t1')).toMatchObject({ state: 'PREPARED', members: 2, violations: [] })
      expect(await look('t1')).not.toHaveProperty('leftOut')
    })

    it('names the members that are refused, with every reason and the place of the write in the leg', async () => {
      const unfit = customer('C9', { group: 'none', name: null })
      const [vote] = await on.prepare(batch('t1', [[customer('C1')], [customer('C2'), unfit], [customer('C3')]]))
      expect(vote).toMatchObject({ vote: 'YES', state: 'PREPARED', leftOut: { members: [1] } })
      expect(vote?.vote === 'YES' && vote.leftOut?.violations).toMatchObject([
        { member: 1, code: 'REQUIRED', write: 2, column: 'name' },
        { member: 1, code: 'REFERENCE', write: 2, column: 'group' },
      ])
      expect((await look('t1'))?.writes.map(({ member }) => member)).toEqual([0, 2])
    })

    it('is no where every member is refused', async () => {
      const [vote] = await on.prepare(batch('t1', [[UNFIT], [customer('C1', { group: 'none' })]]))
      expect(codes(vote)).toEqual(['REFERENCE', 'REFERENCE'])
      expect(await look('t1')).toMatchObject({ state: 'ABORTED', members: 2 })
    })

    it('refuses the members that the planner refused, with its own reasons added', async () => {
      const asked = batch('t1', [[customer('C1')], [UNFIT], []], { refusals: [planned(1), planned(2)] })
      const [vote] = await on.prepare(asked)
      expect(reasonsOf(vote)).toEqual([
        [1, 'CONFLICT'],
        [1, 'REFERENCE'],
        [2, 'CONFLICT'],
      ])
    })

    it('is no where the planner refused the whole', async () => {
      const { member: _, ...whole } = planned(0)
      const [vote] = await on.prepare(batch('t1', [[customer('C1')], [UNFIT]], { refusals: [whole] }))
      expect(codes(vote)).toEqual(['CONFLICT', 'REFERENCE'])
    })

    it('is yes to a member that writes nothing here', async () => {
      expect(await on.prepare(batch('t1', [[], [customer('C1')]]))).toEqual([PREPARED])
    })

    it('judges each member against what is committed: none sees what another one writes', async () => {
      const own = [create('groups', ['usmf', 'B']), customer('C1', { group: 'B' })]
      const [vote] = await on.prepare(batch('t1', [own, [customer('C2', { group: 'B' })], [customer('C3')]]))
      expect(reasonsOf(vote)).toEqual([[1, 'LOCKED']])
    })

    it('refuses the later of two members that want one lock, for now', async () => {
      await on.write('t1', customer('C1', { limit: '100.00' }))
      const members = [[payment('P1', 'C1', '60.00')], [customer('C2')], [payment('P2', 'C1', '60.00')]]
      const [vote] = await on.prepare(batch('t2', members))
      expect(vote).toMatchObject({
        leftOut: { members: [2], violations: [{ member: 2, code: 'LOCKED', retryable: true, write: 2 }] },
      })
    })

    it('lets members refer to one record', async () => {
      expect(await on.prepare(batch('t1', customers('C1', 'C2', 'C3')))).toEqual([PREPARED])
    })

    it('does not wait for another transaction, however old the batch is', async () => {
      await on.prepare(request('t1', [customer('C2')]))
      const old = { age: { at: 1, id: transactionId('older') } }
      const [vote] = await on.prepare(batch('t2', customers('C1', 'C2', 'C3'), old))
      expect(reasonsOf(vote)).toEqual([[1, 'LOCKED']])
    })

    it('is given again as it was, also after a restart', async () => {
      const asked = batch('t1', [[customer('C1')], [UNFIT]])
      const [vote] = await on.prepare(asked)
      expect(leftOutOf(vote)).toEqual([1])
      expect(await on.prepare(asked)).toEqual([vote])
      await on.reopen()
      expect(await on.prepare(asked)).toEqual([vote])
    })

    it('is the commit where this system is the only participant', async () => {
      const [vote] = await on.prepare(batch('t1', [[customer('C1')], [UNFIT]], { participants: ['ERP'] }))
      expect(vote).toMatchObject({ vote: 'YES', state: 'COMMITTED', leftOut: { members: [1] } })
      expect(await names('C1', 'C9')).toEqual(['C1', null])
      expect(await look('t1')).toMatchObject({ state: 'COMMITTED', sequence: 2, leftOut: [1] })
    })

    it('is foretold by a check', async () => {
      const asked = batch('t1', [[customer('C1')], [UNFIT]], { refusals: [planned(0)] })
      const [found] = await Promise.all(on.store.check([asked]))
      expect(found?.map(({ member, code }) => [member, code])).toEqual([
        [0, 'CONFLICT'],
        [1, 'REFERENCE'],
      ])
      expect(await look('t1')).toBeUndefined()
    })
  })

  describe('the locks of a batch', () => {
    it('are those of the members that are in it', async () => {
      await on.prepare(batch('t1', [[customer('C1')], [customer('C2'), UNFIT]]))
      expect(codes((await on.prepare(request('t2', [customer('C1')])))[0])).toEqual(['LOCKED'])
      expect(await on.prepare(request('t3', [customer('C2')]))).toEqual([PREPARED])
    })

    it('are the same after a restart', async () => {
      await on.prepare(batch('t1', [[customer('C1')], [customer('C2'), UNFIT]]))
      await on.reopen()
      expect(codes((await on.prepare(request('t2', [customer('C1')])))[0])).toEqual(['LOCKED'])
      expect(await on.prepare(request('t3', [customer('C2')]))).toEqual([PREPARED])
    })

    it('are all freed by its end, also those of members that another system refused', async () => {
      await on.prepare(batch('t1', customers('C1', 'C2')), batch('t2', customers('C3', 'C4')))
      await commit('t1', 1)
      await Promise.all(on.store.abort([transactionId('t2')]))
      expect(await on.prepare(batch('t3', customers('C2', 'C3', 'C4')))).toEqual([PREPARED])
    })
  })

  describe('the commit of a batch', () => {
    it('applies every member but those left out, as one commit', async () => {
      const renamed = update('groups', ['usmf', 'A'], { maximum: '2000.00' }, SEED)
      await on.prepare(batch('t1', [[customer('C1', { group: null })], [UNFIT], [renamed], [customer('C3')]]))
      await commit('t1', 1, 3)
      expect(await names('C1', 'C9', 'C3')).toEqual(['C1', null, null])
      expect(await on.version('groups', 'usmf', 'A')).toEqual(version(2, 't1'))
      const row = await look('t1')
      expect(row).toMatchObject({ state: 'COMMITTED', sequence: 2, leftOut: [1, 3] })
      expect(row?.writes.map(({ member }) => member)).toEqual([0, 2])
    })

    it('may be repeated, with the same members alone', async () => {
      await on.prepare(batch('t1', customers('C1', 'C2')))
      await commit('t1', 1)
      await commit('t1', 1)
      await expect(commit('t1')).rejects.toThrow()
      await expect(commit('t1', 0)).rejects.toThrow()
      await expect(commit('t1', 0, 1)).rejects.toThrow()
      await on.reopen()
      await commit('t1', 1)
      await expect(commit('t1')).rejects.toThrow()
      expect(await names('C1', 'C2')).toEqual(['C1', null])
    })

    it('rejects where a member is not left out that was refused here, or one is that there is not', async () => {
      await on.prepare(batch('t1', [[customer('C1')], [UNFIT]]), request('t2', [customer('C2')]))
      await expect(commit('t1')).rejects.toThrow()
      await expect(commit('t1', 1, 2)).rejects.toThrow()
      await expect(commit('t2', 0)).rejects.toThrow()
      expect([(await look('t1'))?.state, (await look('t2'))?.state]).toEqual(['PREPARED', 'PREPARED'])
    })

    it('may be one of nothing', async () => {
      await on.prepare(batch('t1', [[customer('C1')], [UNFIT]]))
      await commit('t1', 0, 1)
      expect(await names('C1')).toEqual([null])
      expect(await look('t1')).toMatchObject({ state: 'COMMITTED', sequence: 2, leftOut: [0, 1], writes: [] })
    })

    it('is found after a restart that came between the vote and it', async () => {
      await on.prepare(batch('t1', [[customer('C1')], [UNFIT], [customer('C2')]]))
      await on.reopen()
      await commit('t1', 1, 2)
      expect(await names('C1', 'C9', 'C2')).toEqual(['C1', null, null])
    })
  })

  it('a fence finds what is refused of a prepared batch, and all that is left out of a committed one', async () => {
    await on.prepare(batch('t1', [[customer('C1')], [UNFIT], [customer('C2')]]))
    const prepared = await fence('t1')
    expect(prepared).toMatchObject({ state: 'PREPARED', leftOut: { members: [1] } })
    expect(reasonsOf(prepared)).toEqual([[1, 'REFERENCE']])
    await commit('t1', 1, 2)
    expect(await fence('t1')).toMatchObject({ state: 'COMMITTED', leftOut: { members: [1, 2] } })
  })

  it('an abort leaves nothing of any member, and no word of who was left out', async () => {
    await on.prepare(batch('t1', [[customer('C1')], [UNFIT]]))
    await Promise.all(on.store.abort([transactionId('t1')]))
    expect(await names('C1')).toEqual([null])
    expect(await look('t1')).toMatchObject({ state: 'ABORTED', members: 2 })
    expect(await look('t1')).not.toHaveProperty('leftOut')
  })
}
