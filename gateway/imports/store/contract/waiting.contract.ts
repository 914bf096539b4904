/** How workers and watchers learn that something has changed. */

import { expect, it } from 'vitest'
import { NOW, taking } from '../../job/job.fixture.ts'
import { freshStore, leased, made, type Open, recorded, running, told } from './opened.contract.ts'

export function waitingContract(open: Open): void {
  const on = freshStore(open)
  const { signal: never } = new AbortController()

  it('counts every change of every job, and tells it with the job', async () => {
    expect(await on.one.newest()).toBe(0)
    const { job, change } = await made(on.one)
    expect([change, await on.other.newest()]).toEqual([1, 1])
    await made(on.other)
    await told(on.one, job.id, { event: 'CANCEL', at: NOW })
    expect((await on.other.find(job.id))?.change).toBe(3)
    expect(await on.one.newest()).toBe(3)
  })

  it('returns at once where something has changed already', async () => {
    await made(on.one)
    await on.one.waitBeyond(0, never)
    await on.other.waitBeyond(0, never)
  })

  it('returns when a job changes, here or in another process', async () => {
    const { job, lease } = await running(on.one, 9)
    let last = job
    for (const store of [on.one, on.other]) {
      const waiting = on.one.waitBeyond(await on.one.newest(), never)
      last = await recorded(store, job.id, lease, taking(last, last.taken.place.rows + 1))
      await waiting
    }
  })

  it('wakes all who wait', async () => {
    const newest = await on.one.newest()
    const waiting = Array.from({ length: 100 }, (_, index) =>
      (index % 2 === 0 ? on.one : on.other).waitBeyond(newest, never),
    )
    await made(await on.again())
    await Promise.all(waiting)
  })

  it('does not count leases, which change all the time', async () => {
    const { job } = await made(on.one)
    const lease = await leased(on.one, job.id)
    await on.one.renew(job.id, lease)
    await on.one.release(job.id, lease)
    expect(await on.one.newest()).toBe(1)
  })

  it('ends when it is told to, with the reason given', async () => {
    const stop = new AbortController()
    const waiting = on.one.waitBeyond(await on.one.newest(), stop.signal)
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })

  it('ends when the store is closed, which answers what was asked before and nothing after', async () => {
    const waiting = expect(on.one.waitBeyond(0, never)).rejects.toMatchObject({ name: 'StoreClosed' })
    const asked = made(on.one)
    await on.one.close()
    await on.one.close()
    await waiting
    const { job } = await asked
    await expect(on.one.newest()).rejects.toMatchObject({ name: 'StoreClosed' })
    expect(await on.other.find(job.id)).not.toBeNull()
  })
}
