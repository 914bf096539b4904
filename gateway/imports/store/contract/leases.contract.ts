/** Who may work at a job: at most one, whatever others believe. */

import { describe, expect, it } from 'vitest'
import { NOW, started, taking, uploaded } from '../../job/job.fixture.ts'
import { freshStore, leased, made, type Open, recorded, running, told } from './opened.contract.ts'

export function leasesContract(open: Open): void {
  const on = freshStore(open)
  const workOf = async (store: typeof on.one) => (await store.work(0, 100)).map(({ id }) => id)

  const queuedJob = async () => {
    const { job } = await made(on.one)
    return told(on.one, job.id, uploaded(3))
  }

  it('is granted while it is free, with the job as it is, and everybody is told', async () => {
    const job = await queuedJob()
    const answer = await on.one.acquire(job.id, { holder: 'first', instead: null })
    const lease = { epoch: 1, holder: 'first', beat: 0 }
    expect(answer).toMatchObject({ acquire: 'GRANTED', lease, kept: { job } })
    expect(await on.other.work(0, 9)).toMatchObject([{ id: job.id, lease }])
  })

  it('is refused while it is held, and granted again to its holder', async () => {
    const { id } = await queuedJob()
    await on.one.acquire(id, { holder: 'first', instead: null })
    expect(await on.other.acquire(id, { holder: 'second', instead: null })).toMatchObject({
      ...{ acquire: 'HELD', lease: { holder: 'first', epoch: 1 } },
    })
    expect(await on.one.acquire(id, { holder: 'first', instead: null })).toMatchObject({
      ...{ acquire: 'GRANTED', lease: { epoch: 2 } },
    })
  })

  it('is of one job: another has its own', async () => {
    const jobs = [await queuedJob(), await queuedJob()]
    const leases = await Promise.all(jobs.map(({ id }) => leased(on.one, id)))
    expect(leases.map(({ epoch }) => epoch)).toEqual([1, 1])
  })

  it('of a holder that is believed dead is given to one of two who ask at once', async () => {
    const { id } = await queuedJob()
    const instead = await leased(on.one, id)
    const answers = await Promise.all(
      [on.one, on.other].map((store, index) => store.acquire(id, { holder: `heir ${index}`, instead })),
    )
    expect(answers.map(({ acquire }) => acquire).toSorted()).toEqual(['GRANTED', 'HELD'])
  })

  it('is not taken from a holder that has given a sign of life since, by a renewal or by its work', async () => {
    const { id } = await queuedJob()
    const lease = await leased(on.one, id)
    expect(await on.one.renew(id, lease)).toBe(true)
    const renewed = await on.other.acquire(id, { holder: 'heir', instead: lease })
    expect(renewed).toMatchObject({ acquire: 'HELD', lease: { beat: 1 } })
    if (renewed.acquire !== 'HELD') return
    await recorded(on.one, id, lease, started)
    expect(await on.other.acquire(id, { holder: 'heir', instead: renewed.lease })).toMatchObject({ acquire: 'HELD' })
  })

  it('leaves the old holder nothing, whatever it believes', async () => {
    const { job, lease: old } = await running(on.one, 3)
    const [item] = await on.other.work(0, 1)
    const heir = await leased(on.other, job.id, item?.lease)
    expect(await on.one.renew(job.id, old)).toBe(false)
    expect(await on.one.record(job.id, old, taking(job, 3))).toMatchObject({ told: 'FENCED', kept: { job } })
    await on.one.release(job.id, old)
    expect(await on.other.renew(job.id, heir)).toBe(true)
  })

  it('that was released is free at once', async () => {
    const { id } = await queuedJob()
    const lease = await leased(on.one, id)
    await on.one.release(id, lease)
    await on.one.release(id, lease)
    expect(await on.one.record(id, lease, started)).toMatchObject({ told: 'FENCED' })
    expect(await leased(on.other, id)).toMatchObject({ epoch: 2 })
  })

  it('outlives every process', async () => {
    const { id } = await queuedJob()
    const lease = await leased(on.one, id)
    await on.reopen()
    expect(await on.one.renew(id, lease)).toBe(true)
  })

  describe('work', () => {
    it('is of jobs that go on by themselves, the oldest first, page by page', async () => {
      await made(on.one)
      const [first, second] = [await queuedJob(), await running(on.one, 3)]
      expect(await workOf(on.other)).toEqual([first.id, second.job.id])
      const [item] = await on.one.work(0, 1)
      expect(await on.one.work(item?.number ?? 0, 5)).toMatchObject([{ id: second.job.id }])
    })

    it('is not of a paused job, but to see what was sent to its end', async () => {
      const { job, lease } = await running(on.one, 3)
      await told(on.one, job.id, { event: 'PAUSE', at: NOW })
      expect(await workOf(on.one)).toEqual([])
      await told(on.one, job.id, { event: 'RESUME', at: NOW })
      await recorded(on.one, job.id, lease, taking(job, 3))
      await told(on.one, job.id, { event: 'PAUSE', at: NOW })
      expect(await workOf(on.one)).toEqual([job.id])
    })

    it('is not of a job that is over', async () => {
      const { job } = await running(on.one, 3)
      await told(on.one, job.id, { event: 'CANCEL', at: NOW })
      expect(await workOf(on.one)).toEqual([])
    })
  })
}
