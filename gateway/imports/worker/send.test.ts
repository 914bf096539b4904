import { describe, expect, it } from 'vitest'
import { shippedMapSet } from '../../../maps/shipped.ts'
import type { WriteError } from '../../../schema/caller-view.ts'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import type { JobDefinition } from '../job/definition.ts'
import { following, running, taking } from '../job/job.fixture.ts'
import { FILE_START } from '../source/source.ts'
import type { Shipment } from './answer.ts'
import { type ReadRow, type RowContent, TOUCHES_NOTHING } from './read-row.ts'
import { type SendParts, sent } from './send.ts'

const AWAY: WriteError = {
  ...{ code: 'SYSTEM_UNAVAILABLE', message: 'The ERP does not answer.', path: [], system: 'ERP', table: null },
  ...{ column: null, retryable: true },
}
const INVALID: WriteError = { ...AWAY, code: 'VALIDATION', system: null, path: ['input', 'name'], retryable: false }

const meant = { touches: TOUCHES_NOTHING, record: null }
const ENTITY: RowContent = {
  ...{ kind: 'ENTITY', id: null, ...meant },
  write: { entity: 'Customer', operation: 'CREATE', id: null, input: {}, expectedRevision: null },
}
const NATIVE: RowContent = {
  ...{ kind: 'NATIVE', ...meant },
  write: { system: 'CRM', table: 'accounts', operation: 'CREATE', key: null, set: {}, changes: {} },
}

function shipmentOf(content: RowContent, isFirst: boolean, options: Partial<JobDefinition> = {}): Shipment {
  const before = running(2, { operation: 'CREATE', ...options })
  const job = following(before, taking(before, 2))
  const [batch] = job.open
  if (batch === undefined) throw new TypeError('no batch is open')
  const rows = [1, 2].map((row): ReadRow => {
    const uploaded = { kind: 'TEXT', text: '' } as const
    return { row, next: { ...FILE_START, rows: row }, storedBytes: row, uploaded, content }
  })
  return { job, batch, rows, isFirst, fieldOf: (path) => path.at(-1) ?? null }
}

/** Says the same of every row. */
function parts(errors: readonly WriteError[]): SendParts {
  const refusal = { transaction: null, errors }
  return {
    store: { outcomes: async () => ({ outcomes: [], hasMore: false }) },
    sync: {
      writeRows: async ({ rows }) => rows.map(() => ({ outcome: 'NOT_STARTED', errors })),
      writeNative: async () => ({ key: null, ...refusal }),
      transact: async ({ operations }) => ({ ids: operations.map(() => null), ...refusal }),
    },
    mapSet: shippedMapSet(),
    clock: createManualClock(0),
    log: { debug() {}, info() {}, warn() {}, error() {} },
  }
}

/** Sends until it would wait before it tries again, which is null. */
function sentAtMost(shipment: Shipment, given: SendParts, pauses = 0) {
  const stopping = new AbortController()
  let paused = 0
  const onWait = () => {
    paused += 1
    if (paused > pauses) stopping.abort()
  }
  return sent(shipment, given, onWait, stopping.signal)
}

const target = { kind: 'NATIVE', system: 'CRM', table: 'accounts' } as const
const KINDS: readonly (readonly [string, RowContent, Partial<JobDefinition>])[] = [
  ['of rows', ENTITY, {}],
  ['that is all or nothing', ENTITY, { atomicity: 'BATCH' }],
  ['of native rows', NATIVE, { target }],
]

describe.each(KINDS)('A batch %s', (_, content, options) => {
  it('that nothing was begun of, and that nobody can have sent before, is not written', async () => {
    const answer = await sentAtMost(shipmentOf(content, true, options), parts([AWAY]))
    expect(answer).toMatchObject({ answer: 'REFUSED', retryable: true, reasons: [{ code: 'SYSTEM_UNAVAILABLE' }] })
  })

  it('that may have been sent before is not known while a system cannot be asked', async () => {
    expect(await sentAtMost(shipmentOf(content, false, options), parts([AWAY]))).toBeNull()
  })

  it('that other rows were sent under the key of is told to be', async () => {
    const mismatch: WriteError = { ...AWAY, code: 'IDEMPOTENCY_MISMATCH', system: null, retryable: false }
    const answer = await sentAtMost(shipmentOf(content, true, options), parts([mismatch]))
    expect(answer).toEqual({ answer: 'OTHER_ROWS' })
  })
})

describe('A batch', () => {
  it('that could not be heard of when it was sent may be written, whatever is said when it is sent again', async () => {
    const given = parts([AWAY])
    let calls = 0
    const writeRows: SendParts['sync']['writeRows'] = async (write) => {
      calls += 1
      if (calls === 1) throw new Error('the answer was lost')
      return given.sync.writeRows(write)
    }
    const clock = createManualClock(0)
    const answering = sentAtMost(shipmentOf(ENTITY, true), { ...given, sync: { ...given.sync, writeRows }, clock }, 1)
    while (clock.armed() === 0) await new Promise(setImmediate)
    clock.skip(60_000)
    expect(await answering).toBeNull()
    expect(calls).toBe(2)
  })

  it('of native rows, none of which was written and one of which could not be begun, comes again as a whole', async () => {
    const given = parts([AWAY])
    const said = [[INVALID], [AWAY]]
    const writeNative = async () => ({ key: null, transaction: null, errors: said.shift() ?? [] })
    const answer = await sentAtMost(shipmentOf(NATIVE, true, { target }), {
      ...given,
      sync: { ...given.sync, writeNative },
    })
    expect(answer).toMatchObject({ answer: 'REFUSED', retryable: true })
  })
})
