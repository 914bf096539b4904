/** A system that is away while an import is taken back: what was there before is asked of it, so it is waited for. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { undoDefinition } from '../../gateway/imports/api/undo.ts'
import type { JobId } from '../../gateway/imports/job/job.ts'
import type { JobStore } from '../../gateway/imports/store/job-store.ts'
import type { WorkerOptions } from '../../gateway/imports/worker/worker.ts'
import { StoreFailed } from '../../schema/process/store-faults.ts'
import { createFaultyParticipant } from '../coordinator/faulty-participant.ts'
import { COMPANY } from '../rows/company.ts'
import { CLOCK, type Importing, numbered, openImporting } from './importing.ts'

const NUMBERS = numbered('A', 20)
const CUSTOMERS = NUMBERS.map((number) => ({ company: COMPANY, number, name: number, group: 'TRADE', currency: 'USD' }))
/** More often than work that breaks off is tried before it is given up. */
const LOOKS = 20

describe('An undo whose system is away', () => {
  let importing: Importing
  let isAway: boolean
  let looks: number
  let lookedOften: PromiseWithResolvers<void>
  let made: JobId

  beforeEach(async () => {
    isAway = false
    looks = 0
    lookedOften = Promise.withResolvers()
    importing = await openImporting()
    const worker = importing.worker()
    made = await importing.create({}, CUSTOMERS)
    await importing.ended(made)
    await worker.close()
  }, 60_000)
  afterEach(() => importing[Symbol.asyncDispose]())

  /** Workers that wait for nothing long, and whose ERP tells nothing of transactions while it is away. */
  function hasty(more: Partial<WorkerOptions> = {}) {
    const { participants } = importing.company.app
    const erp = participants.get('ERP')
    if (erp === undefined) throw new TypeError('no ERP')
    const look: typeof erp.look = (query) => {
      if (!isAway) return erp.look(query)
      looks += 1
      if (looks === LOOKS) lookedOften.resolve()
      return Promise.reject(new Error('no route'))
    }
    return importing.worker({
      participants: new Map([...participants, ['ERP', { ...createFaultyParticipant(erp), look }] as const]),
      clock: { ...CLOCK, after: (ms, ring) => CLOCK.after(Math.min(ms, 5), ring) },
      ...more,
    })
  }

  const undo = async () =>
    importing.create(undoDefinition(await importing.job(made), { idempotencyKey: null, actor: 'ada' }))
  const tell = (id: JobId, event: 'CANCEL' | 'PAUSE' | 'RESUME') =>
    importing.store.tell(id, { event, at: Date.now() }, null)

  it('waits for it, however long that takes, and then goes on', async () => {
    isAway = true
    hasty()
    const id = await undo()
    await lookedOften.promise
    expect(await importing.job(id)).toMatchObject({ phase: { state: 'VALIDATING' }, fault: null })
    isAway = false
    expect(await importing.ended(id)).toMatchObject({ phase: { state: 'COMPLETED' }, outcomes: { DELETED: 20 } })
  })

  it('is cancelled meanwhile', async () => {
    isAway = true
    hasty()
    const id = await undo()
    await lookedOften.promise
    await tell(id, 'CANCEL')
    expect(await importing.ended(id)).toMatchObject({ phase: { state: 'CANCELLED' }, outcomes: { FAILED: 0 } })
  })

  it('is held meanwhile, and goes on when it is let', async () => {
    isAway = true
    hasty()
    const id = await undo()
    await lookedOften.promise
    await tell(id, 'PAUSE')
    isAway = false
    expect((await importing.job(id)).phase.state).toBe('PAUSED')
    await tell(id, 'RESUME')
    expect((await importing.ended(id)).outcomes).toMatchObject({ DELETED: 20 })
  })

  it('tells of rows that were sent before only what became of them', async () => {
    const { store } = importing
    const sent = Promise.withResolvers<void>()
    const record: JobStore['record'] = async (of, lease, event) => {
      if (event.event !== 'BATCH_ENDED') return store.record(of, lease, event)
      sent.resolve()
      throw new StoreFailed('The job store gave no answer')
    }
    const first = hasty({ store: { ...store, record } })
    const id = await undo()
    await sent.promise
    await first.close()
    isAway = true
    hasty()
    await lookedOften.promise
    expect(await importing.job(id)).toMatchObject({ phase: { state: 'RUNNING' }, fault: null, outcomes: { FAILED: 0 } })
    isAway = false
    expect(await importing.ended(id)).toMatchObject({ phase: { state: 'COMPLETED' }, outcomes: { DELETED: 20 } })
  })
})
