/** What is recorded: the job and its rows together or not at all, once, and for ever. */

import { describe, expect, it } from 'vitest'
import { created, ending, failed, locked, NOW, numbersTo, refused, taking, uploaded } from '../../job/job.fixture.ts'
import { batchKey } from '../../job/job.ts'
import { everyOutcome, found, freshStore, leased, made, type Open, recorded, running, told } from './opened.contract.ts'

export function recordingContract(open: Open): void {
  const on = freshStore(open)

  it('keeps a batch before it is sent, with all that is needed to send it again', async () => {
    const { job, lease } = await running(on.one, 5)
    const taken = await recorded(on.one, job.id, lease, taking(job, 4, [failed(2)]))
    await on.reopen()
    const again = await found(on.one, job.id)
    expect(again).toEqual(taken)
    expect(again.open).toMatchObject([
      {
        rows: [
          [1, 1],
          [3, 4],
        ],
        from: job.taken.place,
        sending: { status: 'SENT' },
      },
    ])
    expect(again.open.map((batch) => batchKey(again, batch))).toEqual([`import/${job.id}/1/0`])
  })

  it('keeps what became of rows together with the job', async () => {
    const { job, lease } = await running(on.one, 4)
    const taken = await recorded(on.one, job.id, lease, taking(job, 4, [{ row: 1, outcome: 'SKIPPED' }]))
    const ended = await recorded(on.one, taken.id, lease, ending(1, [created(2), refused(3), created(4)]))
    expect(ended).toMatchObject({
      ...{ phase: { state: 'COMPLETED_WITH_FAILURES' }, open: [] },
      outcomes: { CREATED: 2, SKIPPED: 1, FAILED: 1 },
    })
    await on.reopen()
    expect(await found(on.one, job.id)).toEqual(ended)
    expect(await everyOutcome(on.other, job.id)).toEqual([
      { batch: null, outcome: { row: 1, outcome: 'SKIPPED' } },
      { batch: 1, outcome: created(2) },
      { batch: 1, outcome: failed(3) },
      { batch: 1, outcome: created(4) },
    ])
  })

  it('keeps none of it where the event does not fit, and tells how things stand', async () => {
    const { job, lease } = await running(on.one, 4)
    const taken = await recorded(on.one, job.id, lease, taking(job, 2))
    const newest = await on.one.newest()
    for (const event of [
      ending(1, [created(1)]),
      ending(1, [created(1), created(1)]),
      ending(2, [created(1), created(2)]),
      taking(job, 4),
      { ...taking(taken, 4), sent: [3] },
    ]) {
      expect(await on.one.record(job.id, lease, event)).toMatchObject({ told: 'REFUSED', kept: { job: taken } })
    }
    expect(await found(on.other, job.id)).toEqual(taken)
    expect([await everyOutcome(on.one, job.id), await on.one.newest()]).toEqual([[], newest])
  })

  it('takes an event once, whose answer may have been lost', async () => {
    const { job, lease } = await running(on.one, 4)
    const taken = await recorded(on.one, job.id, lease, taking(job, 2))
    expect(await on.one.record(job.id, lease, taking(job, 2))).toMatchObject({ told: 'REFUSED', kept: { job: taken } })
    const ended = await recorded(on.one, job.id, lease, ending(1, [created(1), created(2)]))
    const again = await on.one.record(job.id, lease, ending(1, [refused(1), refused(2)]))
    expect(again).toMatchObject({ told: 'REFUSED', refusal: 'UNKNOWN_BATCH', kept: { job: ended } })
    expect(await everyOutcome(on.one, job.id)).toHaveLength(2)
  })

  it('takes one of two events that exclude each other', async () => {
    const { job, lease } = await running(on.one, 4)
    const answers = await Promise.all([
      on.one.record(job.id, lease, taking(job, 4)),
      on.other.record(job.id, lease, taking(job, 2)),
    ])
    expect(answers.map(({ told }) => told).toSorted()).toEqual(['DONE', 'REFUSED'])
  })

  it('goes on after a crash exactly where it was', async () => {
    const { job, lease } = await running(on.one, 6)
    const first = await recorded(on.one, job.id, lease, taking(job, 3))
    const second = await recorded(on.one, job.id, lease, taking(first, 6))
    await recorded(on.one, job.id, lease, ending(2, numbersTo(4, 6).map(created)))
    await on.reopen()
    const [item] = await on.other.work(0, 1)
    const heir = await leased(on.other, job.id, item?.lease)
    const left = await found(on.other, job.id)
    expect(left.open).toEqual(second.open.slice(0, 1))
    const ended = await recorded(on.other, job.id, heir, ending(1, [created(1), locked(2), created(3)]))
    expect(ended.open).toMatchObject([{ number: 3, round: 1, rows: [[2, 2]], sending: { status: 'WAITING' } }])
    await recorded(on.other, job.id, heir, { event: 'BATCH_SENT', batch: 3, at: NOW })
    expect(await recorded(on.other, job.id, heir, ending(3, [created(2)]))).toMatchObject({
      ...{ phase: { state: 'COMPLETED' }, outcomes: { CREATED: 6 } },
    })
    const outcomes = await everyOutcome(on.one, job.id)
    expect(outcomes.map(({ batch, outcome }) => [outcome.row, batch])).toEqual([
      ...[
        [1, 1],
        [2, 3],
        [3, 1],
      ],
      ...[
        [4, 2],
        [5, 2],
        [6, 2],
      ],
    ])
  })

  it('has the failures by themselves, with what their uploader wrote', async () => {
    const { job, lease } = await running(on.one, 9)
    await recorded(
      on.one,
      job.id,
      lease,
      taking(
        job,
        9,
        [3, 4, 5, 8].map((row) => failed(row)),
      ),
    )
    expect(await everyOutcome(on.other, job.id, 'FAILED')).toEqual(
      [3, 4, 5, 8].map((row) => ({ batch: null, outcome: failed(row) })),
    )
    await recorded(on.one, job.id, lease, ending(1, [created(1), refused(2), ...[6, 7, 9].map(created)]))
    expect((await everyOutcome(on.one, job.id, 'FAILED')).map(({ outcome }) => outcome.row)).toEqual([2, 3, 4, 5, 8])
    expect((await everyOutcome(on.one, job.id, 'CREATED')).map(({ outcome }) => outcome.row)).toEqual([1, 6, 7, 9])
    const other = await running(on.one, 1)
    expect(await everyOutcome(on.one, other.job.id)).toEqual([])
  })

  it('changes nothing of a job that is over', async () => {
    const { job, lease } = await running(on.one, 4)
    const over = await told(on.one, job.id, { event: 'CANCEL', at: NOW })
    expect(over).toMatchObject({ phase: { state: 'CANCELLED' }, outcomes: { NOT_ATTEMPTED: 4 } })
    expect(await on.one.tell(job.id, { event: 'RESUME', at: NOW }, 'ada')).toMatchObject({
      ...{ told: 'REFUSED', refusal: 'ENDED', kept: { job: over } },
    })
    expect(await on.one.record(job.id, lease, taking(job, 4))).toMatchObject({ told: 'REFUSED', refusal: 'ENDED' })
    expect(await found(on.other, job.id)).toEqual(over)
  })

  describe('the audit', () => {
    it('tells who did what, and what came of it, and nothing of single batches', async () => {
      const { job } = await made(on.one, { actor: 'ada' })
      await told(on.one, job.id, uploaded(2), 'ben')
      const lease = await leased(on.one, job.id)
      await recorded(on.one, job.id, lease, { event: 'STARTED', at: NOW + 1 })
      await told(on.other, job.id, { event: 'PAUSE', at: NOW + 2 }, 'cyd')
      await on.one.tell(job.id, { event: 'PAUSE', at: NOW + 3 }, 'refused')
      await told(on.one, job.id, { event: 'RESUME', at: NOW + 4 }, 'cyd')
      const begun = await recorded(on.one, job.id, lease, { event: 'VALIDATED', rows: 2, format: null, at: NOW + 5 })
      const taken = await recorded(on.one, job.id, lease, taking(begun, 1))
      await recorded(on.one, job.id, lease, ending(1, [created(1)]))
      await recorded(on.one, job.id, lease, taking(taken, 2))
      await recorded(on.one, job.id, lease, ending(2, [created(2)], NOW + 6))
      const entries = await on.other.audit(job.id, { after: 0, limit: 99 })
      expect(entries).toMatchObject([
        { number: 1, at: NOW, by: 'CALLER', actor: 'ada', action: 'CREATE', before: null, after: 'AWAITING_UPLOAD' },
        { number: 2, by: 'CALLER', actor: 'ben', action: 'UPLOADED', before: 'AWAITING_UPLOAD', after: 'QUEUED' },
        { number: 3, by: 'WORKER', actor: null, action: 'STARTED', before: 'QUEUED', after: 'VALIDATING' },
        { number: 4, at: NOW + 2, actor: 'cyd', action: 'PAUSE', before: 'VALIDATING', after: 'PAUSED' },
        { number: 5, actor: 'cyd', action: 'RESUME', before: 'PAUSED', after: 'VALIDATING' },
        { number: 6, by: 'WORKER', action: 'VALIDATED', after: 'RUNNING' },
        { number: 7, at: NOW + 6, by: 'WORKER', action: 'BATCH_ENDED', after: 'COMPLETED' },
      ])
      expect(await on.one.audit(job.id, { after: 2, limit: 2 })).toEqual(entries.slice(2, 4))
    })
  })
}
