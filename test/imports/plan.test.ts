import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ImportRequest } from '../../gateway/imports/api/import-request.ts'
import { createImports, type Imports } from '../../gateway/imports/api/imports.ts'
import type { JobDefinition } from '../../gateway/imports/job/definition.ts'
import type { Job } from '../../gateway/imports/job/job.ts'
import { planHashOf } from '../../gateway/imports/job/plan.ts'
import type { RecordObject } from '../../gateway/imports/source/source.ts'
import { encodeId } from '../../maps/identity.ts'
import { COMPANY, row } from '../rows/company.ts'
import { CLOCK, type Importing, openImporting } from './importing.ts'

const customer = (number: string, more: object = {}) => ({
  company: COMPANY,
  number,
  name: number,
  group: 'TRADE',
  currency: 'USD',
  ...more,
})
const idOf = (number: string) => encodeId('Customer', [COMPANY, number])

describe('A dry run, and the import that keeps to its plan', () => {
  let importing: Importing
  let imports: Imports
  beforeAll(async () => {
    importing = await openImporting()
    importing.worker()
    const { store: jobs, uploads, company } = importing
    let count = 0
    imports = createImports({ mapSet: company.app.mapSet, jobs, uploads, clock: CLOCK, newId: () => `plan-${++count}` })
    await company.rows([
      row('CREATE', 'Customer', { ...customer('P-1'), group: { code: 'TRADE' }, currency: { code: 'USD' } }),
      row('CREATE', 'Customer', { ...customer('P-2'), group: { code: 'TRADE' }, currency: { code: 'USD' } }),
    ])
  }, 60_000)
  afterAll(() => importing[Symbol.asyncDispose]())

  const rows = [
    customer('P-1', { phone: '1' }),
    customer('P-2'),
    customer('P-3', { warehouse: '11' }),
    customer('P-4', { group: 'NONE' }),
  ]
  const native = (number: string) => ({ msdyn_company: COMPANY, accountnumber: number, name: number })
  const run = async (more: Partial<ImportRequest>): Promise<Job> => {
    const started = await imports.start({ entity: 'Customer', source: { rows }, ...more }, 'ada')
    if (!started.ok) throw new Error(JSON.stringify(started.problems))
    return importing.ended(started.value.id)
  }

  it('says of each row what would happen in the CRM and in the ERP, and writes nothing', async () => {
    const job = await run({ mode: 'DRY_RUN' })
    expect(await importing.outcomes(job.id)).toMatchObject([
      {
        outcome: 'UPDATED',
        changedFields: ['phone'],
        judged: { revision: 1, systems: { CRM: 'UPDATE', ERP: 'UPDATE' } },
      },
      { outcome: 'UNCHANGED', judged: { revision: 1, systems: {} } },
      { outcome: 'CREATED', judged: { revision: 0, systems: { CRM: 'CREATE', ERP: 'CREATE' } } },
      { outcome: 'FAILED', reasons: ['CRM', 'ERP'].map((system) => ({ code: 'REFERENCE', field: 'group', system })) },
    ])
    const again = await run({ mode: 'DRY_RUN' })
    expect(planHashOf(again)?.split('.')[1]).toBe(planHashOf(job)?.split('.')[1])
  })

  it.each<[string, readonly RecordObject[], Partial<JobDefinition>]>([
    ['are written together', rows.slice(0, 3), { atomicity: 'BATCH' }],
    [
      "are of a system's own table",
      [
        { ...native('P-1'), telephone1: '1' },
        native('P-2'),
        { ...native('P-3'), customertypecode: 3, msdyn_customergroupid: 'TRADE' },
      ],
      { target: { kind: 'NATIVE', system: 'CRM', table: 'accounts' } },
    ],
  ])('says the same of rows that %s, and makes no plan to keep to', async (_, given, options) => {
    const job = await importing.ended(await importing.create({ mode: 'DRY_RUN', ...options }, given))
    expect(await importing.outcomes(job.id)).toMatchObject([
      { outcome: 'UPDATED', transaction: null, judged: { systems: { CRM: 'UPDATE', ERP: 'UPDATE' } } },
      { outcome: 'UNCHANGED', judged: { systems: {} } },
      { outcome: 'CREATED', transaction: null, judged: { systems: { CRM: 'CREATE', ERP: 'CREATE' } } },
    ])
    expect(planHashOf(job)).toBeNull()
  })

  it('writes what the plan would have written, and fails what has drifted since', async () => {
    const planHash = planHashOf(await run({ mode: 'DRY_RUN' }))
    await importing.company.one(row('UPDATE', 'Customer', { phone: 'other' }, idOf('P-2')))
    await importing.company.rows([row('CREATE', 'CustomerGroup', { company: COMPANY, code: 'NONE' })])
    const job = await run({ planHash })
    expect(await importing.outcomes(job.id)).toMatchObject([
      { outcome: 'UPDATED' },
      { outcome: 'FAILED', reasons: [{ code: 'STALE' }] },
      { outcome: 'CREATED' },
      { outcome: 'FAILED', reasons: [{ code: 'NOT_IN_PLAN' }] },
    ])
    const late = await run({ planHash })
    expect(late.outcomes).toMatchObject({ FAILED: 4 })
  })

  it.each<[string, Partial<ImportRequest>, string]>([
    ['other rows', { source: { rows: rows.slice(1) } }, 'PLAN_DIFFERS'],
    ['another operation', { operation: 'CREATE' }, 'PLAN_DIFFERS'],
    ['a dry run', { mode: 'DRY_RUN' }, 'VALIDATION'],
  ])('refuses to keep to a plan for %s', async (_, more, code) => {
    const planHash = planHashOf(await run({ mode: 'DRY_RUN' }))
    const started = await imports.start({ entity: 'Customer', source: { rows }, planHash, ...more }, 'ada')
    expect(started).toMatchObject({ ok: false, problems: [{ code, path: ['input', 'planHash'] }] })
  })

  it('refuses a hash of no plan', async () => {
    const job = await run({})
    const asked = { entity: 'Customer', source: { rows }, planHash: `${job.id}.${'0'.repeat(64)}` }
    expect(await imports.start(asked, 'ada')).toMatchObject({ ok: false, problems: [{ code: 'NOT_FOUND' }] })
  })
})
