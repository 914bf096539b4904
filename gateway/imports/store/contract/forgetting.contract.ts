/** Jobs that ended long ago, and what goes with them. */

import { expect, it } from 'vitest'
import { created, ending, NOW, numbersTo, taking } from '../../job/job.fixture.ts'
import type { Job } from '../../job/job.ts'
import { asked, everyOutcome, freshStore, made, type Open, recorded, running, told } from './opened.contract.ts'

export function forgettingContract(open: Open): void {
  const on = freshStore(open)
  const cancelled = async (at: number, options: Parameters<typeof made>[1] = {}): Promise<Job> =>
    told(on.one, (await made(on.one, options)).job.id, { event: 'CANCEL', at })
  const idsLeft = async () =>
    (await on.other.list({ states: null, before: null, limit: 99 })).jobs.map(({ job }) => job.id)

  it('is of those that ended before a time, and of no others', async () => {
    const old = await cancelled(NOW)
    const young = await cancelled(NOW + 10)
    const { job: waiting } = await made(on.one)
    const { job: busy } = await running(on.one, 3)
    expect(await on.one.forget(NOW, 9)).toEqual({ jobs: 0, uploads: [], hasMore: false })
    expect(await on.one.forget(NOW + 10, 9)).toMatchObject({ jobs: 1, hasMore: false })
    expect(await idsLeft()).toEqual([busy.id, waiting.id, young.id])
    expect(await on.other.find(old.id)).toBeNull()
    expect(await on.other.tell(old.id, { event: 'RESUME', at: NOW }, 'ada')).toEqual({ told: 'NOT_FOUND' })
  })

  it('leaves nothing of a job, and goes on where it was', async () => {
    const { job, lease } = await running(on.one, 7)
    const taken = await recorded(on.one, job.id, lease, taking(job, 7))
    await recorded(on.one, taken.id, lease, ending(1, numbersTo(1, 7).map(created)))
    const { job: other } = await running(on.one, 1)
    const steps = []
    do {
      steps.push(await on.one.forget(NOW + 1, 3))
      await on.reopen()
    } while (steps.at(-1)?.hasMore === true)
    expect(steps.map(({ jobs }) => jobs)).toEqual([1, 0, 0])
    expect(await on.one.find(job.id)).toBeNull()
    expect([await everyOutcome(on.one, job.id), await on.one.audit(job.id, { after: 0, limit: 9 })]).toEqual([[], []])
    expect(await on.one.audit(other.id, { after: 0, limit: 9 })).not.toEqual([])
    expect((await made(on.one)).number).toBe(3)
  })

  it('gives a key back', async () => {
    const request = asked({ idempotencyKey: 'march' })
    const { kept } = await on.one.create(request)
    await told(on.one, kept.job.id, { event: 'CANCEL', at: NOW })
    await on.one.forget(NOW + 1, 9)
    expect(await on.other.create({ ...request, id: asked().id })).toMatchObject({ create: 'CREATED' })
  })

  it('tells the uploads that no job names any more', async () => {
    const upload = (uploadId: string) => ({ source: { kind: 'UPLOAD', uploadId } }) as const
    await cancelled(NOW, upload('one'))
    await cancelled(NOW, upload('one'))
    await cancelled(NOW, upload('shared'))
    await made(on.one, upload('shared'))
    expect(await on.one.forget(NOW + 1, 9)).toEqual({ jobs: 3, uploads: ['one'], hasMore: false })
  })

  it.each<[string, (id: Job['id']) => Parameters<typeof made>[1]]>([
    ['takes it back', (of) => ({ source: { kind: 'UNDO', of } })],
    ['comes after it', (after) => ({ after })],
    ['keeps to its plan', (id) => ({ planHash: `${id}.${'0'.repeat(64)}` })],
  ])('leaves a job as long as another one %s', async (_case, options) => {
    const first = await cancelled(NOW)
    const { job: second } = await made(on.one, options(first.id))
    expect(await on.one.forget(NOW + 1, 9)).toMatchObject({ jobs: 0 })
    await told(on.one, second.id, { event: 'CANCEL', at: NOW })
    expect(await on.one.forget(NOW + 1, 9)).toMatchObject({ jobs: 2 })
  })
}
