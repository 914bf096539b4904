/** A system that is away while rows are imported: nobody has to wait for it but the rows whose fate it alone knows. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobDefinition } from '../../gateway/imports/job/definition.ts'
import type { Job, JobId } from '../../gateway/imports/job/job.ts'
import type { ImportWorker } from '../../gateway/imports/worker/worker.ts'
import { createWritePath } from '../../gateway/write-path.ts'
import { readConfig } from '../../schema/process/config.ts'
import { createLog } from '../../schema/process/log.ts'
import { SYSTEMS } from '../../schema/record.ts'
import { createFaultyParticipant, type FaultyParticipant } from '../coordinator/faulty-participant.ts'
import { until } from '../coordinator/two-systems.ts'
import { type Importing, openImporting } from './importing.ts'

const ROWS = 30
const BATCH_ROWS = 10

interface Kind {
  readonly prefix: string
  readonly options: Partial<JobDefinition>
  readonly record: (number: string) => Readonly<Record<string, string | number>>
}

const customer = (number: string) => ({ company: 'tst', number, name: number, group: 'TRADE', currency: 'USD' })
const account = (number: string) => ({
  ...{ msdyn_company: 'tst', accountnumber: number, name: number, customertypecode: 3 },
  msdyn_customergroupid: 'TRADE',
})
const CRM_ACCOUNTS = { kind: 'NATIVE', system: 'CRM', table: 'accounts' } as const

const KINDS: readonly (readonly [string, Kind])[] = [
  ['of rows', { prefix: 'R', options: { batchRows: BATCH_ROWS }, record: customer }],
  ['that is all or nothing', { prefix: 'W', options: { atomicity: 'BATCH' }, record: customer }],
  [
    'that is all or nothing by the batch',
    { prefix: 'B', options: { atomicity: 'BATCH', batchRows: BATCH_ROWS }, record: customer },
  ],
  ['into a native table', { prefix: 'N', options: { target: CRM_ACCOUNTS, batchRows: BATCH_ROWS }, record: account }],
]

let importing: Importing
let erp: FaultyParticipant
let worker: ImportWorker
const opened = new AsyncDisposableStack()

beforeAll(async () => {
  importing = opened.use(await openImporting())
  const { mapSet, participants } = importing.company.app
  const inner = participants.get('ERP')
  if (inner === undefined) throw new TypeError('no ERP')
  erp = createFaultyParticipant(inner)
  const config = { ...readConfig({}), timeoutDefaultMs: 1_000 }
  const environment = { clock: Date.now, random: Math.random }
  const reached = { mapSet, participants: new Map([...participants, ['ERP', erp] as const]) }
  const { sync } = createWritePath(reached, { config, environment, log: createLog('silent'), opened })
  worker = importing.worker({ sync })
}, 60_000)
afterAll(async () => {
  erp.back()
  await worker.close()
  await opened.disposeAsync()
})

function begin({ options, record }: Kind, name: string): Promise<JobId> {
  const rows = Array.from({ length: ROWS }, (_, at) => record(`${name}-${at + 1}`))
  return importing.create({ operation: 'CREATE', ...options }, rows)
}

/** How often each record was written, in both systems. */
async function revisions(name: string): Promise<readonly number[]> {
  const tables = await Promise.all(
    SYSTEMS.map((system) => importing.company.holds(system, system === 'CRM' ? 'accounts' : 'CustomersV3')),
  )
  return tables.flat().flatMap((one) => {
    const { key, revision } = one as { readonly key: string; readonly revision: number }
    return key.includes(`"${name}-`) ? [revision] : []
  })
}

const AFTER_VOTE = ['fence', 'commit', 'abort'] as const
const ONCE_EACH = Array.from({ length: ROWS * SYSTEMS.length }, () => 1)

const isWaiting = ({ open }: Job) => open.some(({ attempt, sending }) => attempt > 0 && sending.status === 'WAITING')
const isHeldUp = (job: Job) => isWaiting(job) && job.open.every(({ sending }) => sending.status === 'WAITING')

describe.each(KINDS)('An import %s', (_, kind) => {
  it('waits while a system is away, and goes on when it is back, each row once', async () => {
    erp.leave()
    const id = await begin(kind, `${kind.prefix}1`)
    const { open } = await importing.until(id, isWaiting)
    const [sending] = open.flatMap((one) => (one.sending.status === 'WAITING' ? [one.sending] : []))
    expect(sending?.reasons[0]).toMatchObject({ code: 'SYSTEM_UNAVAILABLE', system: 'ERP' })
    erp.back()
    const job = await importing.ended(id)
    expect(job).toMatchObject({ phase: { state: 'COMPLETED' }, outcomes: { CREATED: ROWS } })
    expect(await revisions(`${kind.prefix}1`)).toEqual(ONCE_EACH)
  })

  it('is cancelled while a system is away, and attempts no row of it', async () => {
    erp.leave()
    const id = await begin(kind, `${kind.prefix}2`)
    await importing.until(id, isWaiting)
    await importing.store.tell(id, { event: 'CANCEL', at: Date.now() }, null)
    const job = await importing.ended(id)
    expect(job).toMatchObject({ phase: { state: 'CANCELLED' }, outcomes: { NOT_ATTEMPTED: ROWS, FAILED: 0 } })
    erp.back()
    expect(await revisions(`${kind.prefix}2`)).toEqual([])
  })

  it('is paused while a system is away, and begins nothing until it is resumed', async () => {
    erp.leave()
    const id = await begin(kind, `${kind.prefix}3`)
    await importing.until(id, isWaiting)
    await importing.store.tell(id, { event: 'PAUSE', at: Date.now() }, null)
    await importing.until(id, (job) => job.phase.state === 'PAUSED' && isHeldUp(job))
    erp.back()
    expect(await revisions(`${kind.prefix}3`)).toEqual([])
    await importing.store.tell(id, { event: 'RESUME', at: Date.now() }, null)
    expect((await importing.ended(id)).outcomes).toMatchObject({ CREATED: ROWS })
    expect(await revisions(`${kind.prefix}3`)).toEqual(ONCE_EACH)
  })

  it('that is cancelled tells rows whose fate a system alone knows when that is back', async () => {
    const name = `${kind.prefix}4`
    // It has voted, and nobody has heard it.
    erp.set('prepare', 'LOSE_REPLY')
    for (const call of AFTER_VOTE) erp.set(call, 'LOSE_REQUEST')
    const before = erp.count('prepare').requests
    const id = await begin(kind, name)
    await until(() => erp.count('prepare').requests > before)
    await importing.store.tell(id, { event: 'CANCEL', at: Date.now() }, null)
    expect((await importing.job(id)).phase.state).toBe('CANCELLING')
    for (const call of ['prepare', ...AFTER_VOTE] as const) erp.set(call, null)
    const { phase, outcomes } = await importing.ended(id)
    expect(phase.state).toBe('CANCELLED')
    expect(outcomes.CREATED + outcomes.FAILED + outcomes.NOT_ATTEMPTED).toBe(ROWS)
    expect(outcomes.CREATED).toBeGreaterThan(0)
    await expect.poll(() => revisions(name)).toHaveLength(outcomes.CREATED * SYSTEMS.length)
  })
})
