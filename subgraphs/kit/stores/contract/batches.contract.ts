/** Batches: one row, and for each member a vote of its own. */

import { describe, expect, it } from 'vitest'
import type { PrepareRequest, Violation, Vote, Write } from '../../../../schema/participant.ts'
import { codes, customer, freshStore, line, type Open, order, PREPARED, payment } from './opened.contract.ts'
import { create, plan, request, transactionId, update, version } from './system.contract.ts'

/** Each member is a list of writes. */
const batch = (
  id: string,
  members: readonly (readonly Write[])[],
  change: Partial<PrepareRequest> = {},
): PrepareRequest =>
  request(
    id,
    members.flatMap((writes, member) => writes.map((write) => ({ ...write, member }))),
    { members: members.length, ...change },
  )

const INVALID = { name: null }

/** What a yes says against its members, as `member code write`. */
const against = (vote: Vote | undefined) =>
  vote?.vote === 'YES' ? reasons(vote.leftOut?.violations ?? []) : reasons(vote?.vote === 'NO' ? vote.violations : [])
const reasons = (violations: readonly Violation[]) =>
  violations.map(({ member, code, write }) => `${member} ${code} ${write}`)
const leftOut = (vote: Vote | undefined) => (vote?.vote === 'YES' ? (vote.leftOut?.members ?? []) : vote?.vote)

export function batchesContract(open: Open): void {
  const on = freshStore(open)
  const prepare = async (asked: PrepareRequest) => (await on.prepare(asked))[0]
  const commit = (id: string, without: readonly number[]) =>
    Promise.all(on.store.commit([{ id: transactionId(id), leftOut: without }]))
  const look = async (id: string) => (await on.store.look({ by: 'ID', id: transactionId(id) }))[0]
  const fence = async (id: string) =>
    (
      await Promise.all(
        on.store.fence([{ id: transactionId(id), plan: plan(`plan of ${id}`), participants: ['CRM', 'ERP'] }]),
      )
    )[0]
  const isThere = async (...numbers: readonly string[]) =>
    Promise.all(numbers.map(async (number) => (await on.row('customers', 'usmf', number)) !== null))

  describe('prepare', () => {
    it('votes yes where nobody is refused, with not a word of members', async () => {
      expect(await prepare(batch('b', [[customer('C1')], [customer('C2')]]))).toEqual(PREPARED)
      expect(await look('b')).toMatchObject({ members: 2, state: 'PREPARED' })
    })

    it('leaves out whom it refuses, with every reason at its member and its write', async () => {
      const vote = await prepare(
        batch('b', [
          [customer('C1')],
          [customer('C2'), customer('C3', { group: 'B', limit: 'much' })],
          [customer('C4', { group: 'B' })],
        ]),
      )
      expect(leftOut(vote)).toEqual([1, 2])
      expect(against(vote)).toEqual(['1 VALIDATION 2', '1 REFERENCE 2', '2 REFERENCE 3'])
    })

    it('says no where it refuses all', async () => {
      const vote = await prepare(batch('b', [[customer('C1', INVALID)], [customer('C2', { group: 'B' })]]))
      expect(against(vote)).toEqual(['0 REQUIRED 0', '1 REFERENCE 1'])
      expect(leftOut(vote)).toBe('NO')
      expect(await look('b')).toMatchObject({ state: 'ABORTED' })
    })

    it('refuses whom the planner refused, and the whole where the planner names no member', async () => {
      const refusal: Violation = {
        ...{ code: 'VALIDATION', message: 'no partner', path: ['language'], retryable: false },
        ...{ system: null, write: null, table: null, column: null },
      }
      const members = [[customer('C1', { group: 'B' })], [customer('C2')]]
      const vote = await prepare(batch('b1', members, { refusals: [{ ...refusal, member: 0 }] }))
      expect(leftOut(vote)).toEqual([0])
      expect(against(vote)).toEqual(['0 VALIDATION null', '0 REFERENCE 0'])
      expect(leftOut(await prepare(batch('b2', members, { refusals: [refusal] })))).toBe('NO')
    })

    it('judges each by itself: what one makes, no other sees', async () => {
      const made = create('groups', ['usmf', 'B'])
      expect(leftOut(await prepare(batch('b1', [[made], [customer('C1', { group: 'B' })]])))).toEqual([1])
      expect(await prepare(batch('b2', [[create('groups', ['usmf', 'D']), customer('C2', { group: 'D' })]]))).toEqual(
        PREPARED,
      )
    })

    it('refuses the later of two that exclude each other, which may come again', async () => {
      await on.write('t1', customer('C1', { limit: '100.00' }))
      const vote = await prepare(
        batch('b', [
          [payment('P1', 'C1', '60.00')],
          [payment('P2', 'C1', '60.00')],
          [customer('C2', { email: 'a@b.c' })],
          [customer('C3', { email: 'a@b.c' })],
        ]),
      )
      expect(against(vote)).toEqual(['1 LOCKED 1', '3 LOCKED 3'])
      expect(vote?.vote === 'YES' && vote.leftOut?.violations.every(({ retryable }) => retryable)).toBe(true)
    })

    it('does not keep a lock for whom it refused', async () => {
      const email = { email: 'a@b.c' }
      const vote = await prepare(batch('b', [[customer('C1', { ...email, group: 'B' })], [customer('C2', email)]]))
      expect(leftOut(vote)).toEqual([0])
      expect(await on.prepare(request('t', [customer('C1')]))).toEqual([PREPARED])
    })

    it('waits for nobody, however old it is, and its other members go on', async () => {
      await on.prepare(request('t', [customer('C1')]))
      const old = { age: { at: 1, id: transactionId('older') } }
      const vote = await prepare(batch('b', [[customer('C1')], [customer('C2')]], old))
      expect(against(vote)).toEqual(['0 LOCKED 0'])
    })

    it('locks what its members write against all others', async () => {
      await prepare(batch('b', [[customer('C1')], [customer('C2')]]))
      const votes = await on.prepare(request('t1', [customer('C1')]), request('t2', [customer('C2')]))
      expect(votes.map(codes)).toEqual([['LOCKED'], ['LOCKED']])
    })

    it('answers a repeat as it answered first, and with what was agreed once it is committed', async () => {
      const asked = batch('b', [[customer('C1')], [customer('C2', INVALID)], [customer('C3')]])
      const vote = await prepare(asked)
      expect(await prepare(asked)).toEqual(vote)
      await on.reopen()
      expect(await prepare(asked)).toEqual(vote)
      await commit('b', [0, 1])
      expect(await prepare(asked)).toMatchObject({ state: 'COMMITTED', leftOut: { members: [0, 1] } })
      expect(against(await prepare(asked))).toEqual(against(vote))
    })

    it('commits at once, without whom it refuses, where this system is the only participant', async () => {
      const members = [[customer('C1')], [customer('C2', INVALID)]]
      const vote = await prepare(batch('b', members, { participants: ['ERP'] }))
      expect([vote?.vote === 'YES' && vote.state, leftOut(vote)]).toEqual(['COMMITTED', [1]])
      expect(await isThere('C1', 'C2')).toEqual([true, false])
    })

    it('gives no answer to a batch that has a write of no member', async () => {
      const asked = request('b', [{ ...customer('C1'), member: 2 }], { members: 2 })
      await expect(prepare(asked)).rejects.toThrow()
    })

    it('takes a member that has nothing to write here', async () => {
      expect(await prepare(batch('b', [[], [customer('C1')]]))).toEqual(PREPARED)
    })

    it('computes for each member what it would compute for a transaction of its own', async () => {
      await on.write('t1', create('currencies', ['EUR'], { factor: 1 }))
      const made = line('O1', 1, { quantity: 2, price: '3.00' })
      expect(await prepare(batch('b', [[order('O1'), made], [order('O2')]]))).toEqual(PREPARED)
      await commit('b', [])
      expect(await on.row('orders', 'usmf', 'O1')).toMatchObject({ total: '6.00' })
      expect(await on.row('orders', 'usmf', 'O2')).toMatchObject({ total: '0.00' })
    })
  })

  describe('commit', () => {
    const three = batch('b', [[customer('C1')], [customer('C2', INVALID)], [customer('C3')]])

    it('writes the members that nobody refused, each at its next revision, as one commit', async () => {
      await prepare(three)
      await commit('b', [0, 1])
      expect(await isThere('C1', 'C2', 'C3')).toEqual([false, false, true])
      expect(await on.version('customers', 'usmf', 'C3')).toEqual(version(1, 'b'))
      const row = await look('b')
      expect(row).toMatchObject({ state: 'COMMITTED', sequence: 2, members: 3, leftOut: [0, 1] })
      expect(row?.writes.map(({ member }) => member)).toEqual([2])
    })

    it('frees the locks of all members', async () => {
      await prepare(three)
      await commit('b', [0, 1])
      const votes = await on.prepare(
        request('t1', [customer('C1')]),
        request('t3', [update('customers', ['usmf', 'C3'], { name: 'Other' }, version(1, 'b'))]),
      )
      expect(votes).toEqual([PREPARED, PREPARED])
    })

    it('is harmless when it comes again, and rejected with other members, which changes nothing', async () => {
      await prepare(three)
      await commit('b', [1])
      await commit('b', [1])
      await expect(commit('b', [0, 1])).rejects.toThrow()
      await expect(commit('b', [])).rejects.toThrow()
      expect(await isThere('C1', 'C2', 'C3')).toEqual([true, false, true])
      expect(await look('b')).toMatchObject({ leftOut: [1] })
    })

    it('is rejected where a member that was refused here is to be in it', async () => {
      await prepare(three)
      await expect(commit('b', [0])).rejects.toThrow()
      expect(await look('b')).toMatchObject({ state: 'PREPARED' })
      expect(await isThere('C1', 'C2', 'C3')).toEqual([false, false, false])
    })

    it('of nobody is a commit, too', async () => {
      await prepare(three)
      await commit('b', [0, 1, 2])
      expect(await isThere('C1', 'C2', 'C3')).toEqual([false, false, false])
      expect(await look('b')).toMatchObject({ state: 'COMMITTED', sequence: 2, writes: [] })
    })

    it('keeps over a restart who is left out, and before it who is refused and locked', async () => {
      await prepare(three)
      await on.reopen()
      const votes = await on.prepare(request('t1', [customer('C1')]), request('t2', [customer('C2')]))
      expect(votes.map(codes)).toEqual([['LOCKED'], PREPARED])
      await commit('b', [0, 1])
      await on.reopen()
      await commit('b', [0, 1])
      expect(await fence('b')).toMatchObject({ state: 'COMMITTED', leftOut: { members: [0, 1] } })
      expect(await isThere('C1', 'C3')).toEqual([false, true])
    })
  })

  it('is aborted as a whole', async () => {
    await prepare(batch('b', [[customer('C1')], [customer('C2', INVALID)]]))
    await Promise.all(on.store.abort([transactionId('b')]))
    expect(await look('b')).toMatchObject({ state: 'ABORTED' })
    expect(await on.prepare(request('t', [customer('C1')]))).toEqual([PREPARED])
  })

  it('tells whoever fences it whom it refuses', async () => {
    await prepare(batch('b', [[customer('C1')], [customer('C2', INVALID)]]))
    expect(await fence('b')).toMatchObject({
      ...{ state: 'PREPARED', leftOut: { members: [1], violations: [{ code: 'REQUIRED', member: 1 }] } },
    })
  })

  it('is checked as it would be prepared', async () => {
    const asked = batch('b', [[customer('C1')], [customer('C2', INVALID)], [customer('C1')]])
    const [found = []] = await Promise.all(on.store.check([asked]))
    expect(reasons(found)).toEqual(['1 REQUIRED 1', '2 LOCKED 2'])
    expect(reasons(found)).toEqual(against(await prepare(asked)))
  })
}
