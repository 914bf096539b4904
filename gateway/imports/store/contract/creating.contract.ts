/** How jobs come to be, and are found again. */

import { describe, expect, it } from 'vitest'
import { NOW } from '../../job/job.fixture.ts'
import type { JobId } from '../../job/job.ts'
import { asked, found, freshStore, made, type Open, running, told } from './opened.contract.ts'

export function creatingContract(open: Open): void {
  const on = freshStore(open)

  it('keeps a job as it was given, for everybody and beyond every process', async () => {
    const columns = { columns: [{ from: 'Größe, "cm"', to: 'name' }], blank: 'CLEAR' as const }
    const { job } = await made(on.one, { columns, maxFailures: { kind: 'PERCENT', percent: 2.5 } })
    expect(job).toMatchObject({ definition: { columns }, phase: { state: 'AWAITING_UPLOAD' }, createdAt: NOW })
    expect(await found(on.other, job.id)).toEqual(job)
    await on.reopen()
    expect(await found(on.one, job.id)).toEqual(job)
  })

  it('finds no job that was never made', async () => {
    const nobody = 'nobody' as JobId
    expect(await on.one.find(nobody)).toBeNull()
    expect(await on.one.findByKey('march')).toBeNull()
    expect(await on.one.inlineRows(nobody)).toBeNull()
    expect(await on.one.tell(nobody, { event: 'PAUSE', at: NOW }, null)).toEqual({ told: 'NOT_FOUND' })
    expect(await on.one.record(nobody, { epoch: 1 }, { event: 'STARTED', at: NOW })).toEqual({ told: 'NOT_FOUND' })
    expect(await on.one.acquire(nobody, { holder: 'a', instead: null })).toEqual({ acquire: 'NOT_FOUND' })
    expect(await on.one.renew(nobody, { epoch: 0 })).toBe(false)
    expect(await on.one.outcomes(nobody, { after: 0, limit: 1, only: null })).toEqual({ outcomes: [], hasMore: false })
    expect(await on.one.audit(nobody, { after: 0, limit: 1 })).toEqual([])
  })

  it('keeps inline rows beside the job', async () => {
    const rows = [{ name: 'Tern & Co', lines: [{ quantity: '1.50' }] }, { name: null }]
    const request = asked({ source: { kind: 'INLINE', rows: 2, sha256: 'digest' } }, { rows })
    const { kept } = await on.one.create(request)
    expect(kept.job.phase).toEqual({ state: 'QUEUED' })
    expect(await on.other.inlineRows(request.id)).toEqual(rows)
    expect(await on.other.inlineRows((await made(on.one)).job.id)).toBeNull()
  })

  describe('twice', () => {
    it('makes one job under an idempotency key, and answers with what became of it', async () => {
      const first = await made(on.one, { idempotencyKey: 'march' })
      const job = await told(on.one, first.job.id, { event: 'CANCEL', at: NOW })
      const answer = await on.other.create(asked({ idempotencyKey: 'march' }))
      expect(answer).toMatchObject({ create: 'FOUND', kept: { number: first.number } })
      expect(answer.kept.job).toEqual(job)
      expect(await on.other.findByKey('march')).toEqual(answer.kept)
    })

    it('makes one job where two ask at once', async () => {
      const ask = (store: typeof on.one) => store.create(asked({ idempotencyKey: 'march' }))
      const answers = await Promise.all([ask(on.one), ask(on.other), ask(on.one), ask(on.other)])
      expect(answers.map(({ create }) => create).toSorted()).toEqual(['CREATED', 'FOUND', 'FOUND', 'FOUND'])
      expect(new Set(answers.map(({ kept }) => kept.job.id)).size).toBe(1)
    })

    it('makes one job for one id, whose answer may have been lost', async () => {
      const request = asked()
      await on.one.create(request)
      expect(await on.other.create(request)).toMatchObject({ create: 'FOUND' })
      expect((await on.one.list({ states: null, before: null, limit: 9 })).jobs).toHaveLength(1)
    })

    it('tells where another job has the key', async () => {
      const first = await made(on.one, { idempotencyKey: 'march' })
      const answer = await on.one.create(asked({ idempotencyKey: 'march', operation: 'DELETE' }))
      expect(answer).toMatchObject({ create: 'MISMATCH', kept: { job: { id: first.job.id } } })
    })

    it('finds the job by the upload that was announced anew for it', async () => {
      const first = await made(on.one, { idempotencyKey: 'march' })
      await told(on.one, first.job.id, { event: 'ANNOUNCED_ANEW', uploadId: 'other', at: NOW })
      await on.reopen()
      const again = asked({ idempotencyKey: 'march', source: { kind: 'UPLOAD', uploadId: 'other' } })
      expect(await on.other.create(again)).toMatchObject({ create: 'FOUND', kept: { job: { id: first.job.id } } })
      expect(await on.one.create(asked({ idempotencyKey: 'march' }))).toMatchObject({ create: 'MISMATCH' })
    })

    it('makes two jobs where no key is given', async () => {
      const ids = [await made(on.one), await made(on.one)].map(({ job }) => job.id)
      expect(new Set(ids).size).toBe(2)
    })
  })

  describe('a list', () => {
    it('has the newest first, page by page', async () => {
      const jobs = [await made(on.one), await made(on.other), await made(on.one)]
      const first = await on.one.list({ states: null, before: null, limit: 2 })
      expect(first).toEqual({ jobs: [jobs[2], jobs[1]], hasMore: true })
      const before = first.jobs.at(-1)?.number ?? null
      expect(await on.other.list({ states: null, before, limit: 2 })).toEqual({ jobs: [jobs[0]], hasMore: false })
    })

    it('has the jobs in the states that are asked for, as they are now', async () => {
      const { job } = await running(on.one, 3)
      const cancelled = await made(on.one)
      await told(on.one, cancelled.job.id, { event: 'CANCEL', at: NOW })
      await made(on.one)
      const ids = async (...states: Parameters<typeof on.one.list>[0]['states'] & {}) =>
        (await on.other.list({ states, before: null, limit: 9 })).jobs.map((kept) => kept.job.id)
      expect(await ids('RUNNING')).toEqual([job.id])
      expect(await ids('RUNNING', 'CANCELLED')).toEqual([cancelled.job.id, job.id])
      expect(await ids('EXPIRED')).toEqual([])
      expect(await ids()).toEqual([])
    })

    it('refuses a page that could hold nothing', async () => {
      await expect(on.one.list({ states: null, before: null, limit: 0 })).rejects.toThrow(RangeError)
      await expect(on.one.work(0, 0.5)).rejects.toThrow(RangeError)
      const id = 'nobody' as JobId
      await expect(on.one.outcomes(id, { after: 0, limit: 0, only: null })).rejects.toThrow(RangeError)
      await expect(on.one.audit(id, { after: 0, limit: 0 })).rejects.toThrow(RangeError)
    })
  })
}
