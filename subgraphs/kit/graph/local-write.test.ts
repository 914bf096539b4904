import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NativeWrite } from '../../../schema/native-write.ts'
import type { Participant } from '../../../schema/participant.ts'
import { recordKey } from '../../../schema/record-key.ts'
import { type LocalWriteParts, localWrites } from './local-write.ts'
import { fill, openTestSystem, requestFor, type TestSystem } from './system.fixture.ts'

const ACCOUNT = { table: 'accounts', key: recordKey(['usmf', 'C-001']) }

const create = (number: string, options: Partial<NativeWrite['options']> = {}, set = {}): NativeWrite => ({
  system: 'CRM',
  table: 'tasks',
  operation: 'CREATE',
  key: null,
  set: { msdyn_company: 'usmf', msdyn_tasknumber: number, subject: number, ...set },
  parts: [],
  actor: null,
  options: { idempotencyKey: null, expectedRevision: null, timeoutMs: null, dryRun: false, ...options },
})

describe('a write that concerns one system alone', () => {
  let crm: TestSystem
  beforeAll(async () => {
    crm = await openTestSystem('CRM')
    await fill(crm, 'cdm_companies', [{ cdm_companycode: 'usmf', cdm_name: 'US' }])
    await fill(crm, 'accounts', [{ msdyn_company: 'usmf', accountnumber: 'C-001', name: 'Berg', customertypecode: 5 }])
  })
  afterAll(() => crm[Symbol.asyncDispose]())

  let ids = 0
  const writer = (parts: Partial<LocalWriteParts> = {}) =>
    localWrites({
      participant: crm.participant,
      tables: [...crm.mapSet.tables.CRM.values()],
      mapSet: crm.mapSet.id,
      now: Date.now,
      newId: () => {
        ids += 1
        return `id-${ids}`
      },
      pause: () => Promise.reject(new Error('nothing to wait for')),
      timeoutDefaultMs: 10_000,
      onError: () => {},
      ...parts,
    })

  /** Somebody else's transaction over both systems that has promised to rename the account, and so locks it. */
  async function hold() {
    const [state] = await crm.participant.read([ACCOUNT])
    if (state === undefined) throw new TypeError('no state')
    const { version } = state
    const set = { name: `${version.revision}` }
    const update = { operation: 'UPDATE' as const, ...ACCOUNT, set, base: version, revision: version.revision + 1 }
    const request = requestFor(crm, ['CRM', 'ERP'], [update])
    expect(await crm.participant.prepare([request])[0]).toEqual({ vote: 'YES', state: 'PREPARED' })
    return async () => void (await crm.participant.commit([{ id: request.id, leftOut: [] }])[0])
  }

  it('is tried again while a lock is in its way', async () => {
    const release = await hold()
    const pauses: number[] = []
    const pause = async (ms: number) => {
      pauses.push(ms)
      if (pauses.length === 2) await release()
    }
    const outcome = await writer({ pause })(create('T-1', {}, { regardingobjectid: 'C-001' }))
    expect(outcome).toMatchObject({ errors: [], transaction: { state: 'COMMITTED' } })
    expect(pauses).toEqual([10, 40])
  })

  it('is refused for now when the lock stays, and may be sent again under the same key', async () => {
    const release = await hold()
    const asked = create('T-2', { idempotencyKey: 'held' }, { regardingobjectid: 'C-001' })
    const refused = await writer({ pause: async () => {} })(asked)
    expect(refused.errors).toMatchObject([{ code: 'LOCKED', retryable: true }])
    await release()
    expect(await writer()(asked)).toMatchObject({
      errors: [],
      transaction: { state: 'COMMITTED', legs: [{ attempts: 5 }] },
    })
  })

  it('does not begin another attempt that its deadline forbids', async () => {
    const release = await hold()
    const asked = create('T-3', { timeoutMs: 1_000 }, { regardingobjectid: 'C-001' })
    const started = Date.now()
    const times = [started, started + 995]
    const outcome = await writer({ now: () => times.shift() ?? started + 995 })(asked)
    expect(outcome.errors).toMatchObject([{ code: 'LOCKED' }])
    await release()
  })

  it('finds another request under its key that came at the same moment', async () => {
    const options = { idempotencyKey: 'raced' }
    const write = writer({ pause: async () => {} })
    const outcomes = await Promise.all([write(create('T-4', options)), write(create('T-5', options))])
    const codes = outcomes.map(({ errors }) => errors.map(({ code }) => code))
    expect(codes.toSorted()).toEqual([[], ['IDEMPOTENCY_MISMATCH']])
  })

  describe('whose system is silent', () => {
    const silent = (silence: keyof Participant): Participant => ({
      ...crm.participant,
      system: 'CRM',
      look: (query) => crm.participant.look(query),
      read: (refs) => (silence === 'read' ? Promise.reject(new Error('disk full')) : crm.participant.read(refs)),
      prepare: () => [Promise.reject(new Error('disk full'))],
    })

    it.each([
      ['read', null, 'SYSTEM_UNAVAILABLE', true],
      ['prepare', null, 'TIMEOUT', false],
      ['prepare', 'key', 'TIMEOUT', true],
    ] as const)('at its %s under the key %s is %s, retryable: %s', async (silence, idempotencyKey, code, retryable) => {
      const heard: unknown[] = []
      const onError = (error: unknown) => heard.push(error)
      const outcome = await writer({ participant: silent(silence), onError })(create('T-6', { idempotencyKey }))
      expect(outcome).toMatchObject({ transaction: null, errors: [{ code, retryable, system: 'CRM', path: [] }] })
      expect(JSON.stringify(outcome)).not.toContain('disk full')
      expect(heard).toEqual([new Error('disk full')])
    })
  })
})
