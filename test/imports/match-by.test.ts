/** Imports whose rows find their records by a unique key other than the record's own: customers by their party. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ImportRequest } from '../../gateway/imports/api/import-request.ts'
import { createImports, type Imports } from '../../gateway/imports/api/imports.ts'
import type { Job } from '../../gateway/imports/job/job.ts'
import { planHashOf } from '../../gateway/imports/job/plan.ts'
import type { System } from '../../schema/record.ts'
import { COMPANY } from '../rows/company.ts'
import { CLOCK, type Importing, openImporting } from './importing.ts'

let importing: Importing
let imports: Imports
beforeAll(async () => {
  importing = await openImporting()
  importing.worker()
  const { store: jobs, uploads, company } = importing
  let count = 0
  imports = createImports({ mapSet: company.app.mapSet, jobs, uploads, clock: CLOCK, newId: () => `match-${++count}` })
}, 60_000)
afterAll(() => importing[Symbol.asyncDispose]())

const TABLES: readonly (readonly [System, string])[] = [
  ['CRM', 'accounts'],
  ['ERP', 'CustomersV3'],
]

/** In each system, how many customers there are of parties whose numbers begin so. */
async function held(prefix: string): Promise<readonly number[]> {
  const found = await Promise.all(TABLES.map(([system, table]) => importing.company.holds(system, table)))
  return found.map((records) => records.filter((one) => JSON.stringify(one).includes(`"${prefix}-`)).length)
}

/** A customer without a number. */
const party = (partyNumber: string, more: object = {}) => ({
  ...{ company: COMPANY, partyNumber, name: partyNumber, group: 'TRADE', currency: 'USD' },
  ...more,
})
const partiesOf = (prefix: string, count: number, more: object = {}) =>
  Array.from({ length: count }, (_, at) => party(`${prefix}-${at}`, more))

async function begun(rows: readonly object[], more: Partial<ImportRequest> = {}): Promise<Job['id']> {
  const asked = { entity: 'Customer', source: { rows }, matchBy: ['partyNumber'], ...more }
  const started = await imports.start(asked, 'ada')
  if (!started.ok) throw new Error(JSON.stringify(started.problems))
  return started.value.id
}

async function run(rows: readonly object[], more: Partial<ImportRequest> = {}): Promise<Job> {
  return importing.ended(await begun(rows, more))
}

async function inShort({ id }: Job): Promise<readonly string[]> {
  const outcomes = await importing.outcomes(id)
  return outcomes.map((one) =>
    one.outcome === 'FAILED'
      ? `FAILED ${[...new Set(one.reasons.map(({ code, field }) => `${code} ${field}`))].join()}`
      : one.outcome,
  )
}

describe('an import by a unique key', () => {
  it('creates, updates and deletes, and says of each bad row what is wrong with it', async () => {
    expect((await run(partiesOf('A', 60))).outcomes).toMatchObject({ CREATED: 60 })
    expect(await held('A')).toEqual([60, 60])
    const mixed = await run([
      party('A-0', { phone: '1' }),
      party('A-1'),
      party('A-60', { number: 'A-NEW' }),
      party('A-2', { number: 'A-NEW' }),
      party(''),
      { company: COMPANY, name: 'No party', group: 'TRADE' },
    ])
    expect(await inShort(mixed)).toEqual([
      ...['UPDATED', 'UNCHANGED', 'CREATED', 'FAILED VALIDATION number'],
      ...['FAILED REQUIRED partyNumber', 'FAILED REQUIRED partyNumber'],
    ])
    expect(await held('A')).toEqual([61, 61])
    const changed = await run([{ company: COMPANY, partyNumber: 'A-3', phone: '2' }, party('A-99')], {
      operation: 'UPDATE',
    })
    expect(await inShort(changed)).toEqual(['UPDATED', 'FAILED NOT_FOUND partyNumber'])
    const removed = await run([party('A-3'), party('A-99')], { operation: 'DELETE' })
    expect(await inShort(removed)).toEqual(['DELETED', 'FAILED NOT_FOUND partyNumber'])
    expect(await held('A')).toEqual([60, 60])
  })

  it.each([
    ['FAIL', ['FAILED DUPLICATE null', 'CREATED', 'FAILED DUPLICATE null', 'FAILED DUPLICATE null'], 1],
    ['FIRST_WINS', ['CREATED', 'CREATED', 'SKIPPED', 'SKIPPED'], 2],
    ['LAST_WINS', ['SKIPPED', 'CREATED', 'SKIPPED', 'CREATED'], 2],
  ] as const)('has rows of one value be %s, whatever their numbers', async (duplicates, outcomes, count) => {
    const prefix = `D${duplicates}`
    const rows = [
      party(`${prefix}-1`, { number: `${prefix.slice(0, 3)}N1` }),
      party(`${prefix}-2`),
      party(`${prefix}-1`, { number: `${prefix.slice(0, 3)}N2` }),
      party(`${prefix}-1`),
    ]
    expect(await inShort(await run(rows, { duplicates, batchSize: 2 }))).toEqual(outcomes)
    expect(await held(prefix)).toEqual([count, count])
  })

  it('writes all rows or none where it is to', async () => {
    await run([party('B-1'), party('B-2')])
    const whole = { atomicity: 'BATCH', operation: 'UPDATE' } as const
    const torn = await run([party('B-1', { phone: '1' }), party('B-9')], whole)
    expect(await inShort(torn)).toEqual(['NOT_ATTEMPTED', 'FAILED NOT_FOUND partyNumber'])
    expect(await inShort(await run([party('B-1', { phone: '1' }), party('B-2')], whole))).toEqual([
      ...['UPDATED', 'UNCHANGED'],
    ])
    const removed = await run([party('B-1'), party('B-2')], { ...whole, operation: 'DELETE' })
    expect(await inShort(removed)).toEqual(['DELETED', 'DELETED'])
    const made = await run([party('B-3'), party('B-4', { number: 'B-N4' })], { atomicity: 'BATCH' })
    expect(await inShort(made)).toEqual(['CREATED', 'CREATED'])
    expect(await held('B')).toEqual([2, 2])
  })

  it('is judged by a dry run, keeps to its plan, and fails what has drifted since', async () => {
    await run([party('P-1'), party('P-2')])
    const rows = [party('P-1', { phone: '1' }), party('P-2'), party('P-3'), party('P-4')]
    const judged = await run(rows, { mode: 'DRY_RUN' })
    expect(await importing.outcomes(judged.id)).toMatchObject([
      { outcome: 'UPDATED', changedFields: ['phone'], judged: { revision: 1 } },
      { outcome: 'UNCHANGED', judged: { revision: 1 } },
      ...[{ outcome: 'CREATED', judged: { revision: 0 } }, { outcome: 'CREATED' }],
    ])
    expect(await held('P')).toEqual([2, 2])
    await run([party('P-3')])
    const planHash = planHashOf(judged)
    expect(await inShort(await run(rows, { planHash }))).toEqual([
      ...['UPDATED', 'UNCHANGED', 'FAILED STALE null', 'CREATED'],
    ])
    const byKey = { entity: 'Customer', source: { rows }, planHash }
    expect(await imports.start(byKey, 'ada')).toMatchObject({ ok: false, problems: [{ code: 'PLAN_DIFFERS' }] })
  })

  it('is taken back, and tries again what failed, by the same key', async () => {
    const late = [party('R-1'), party('R-2', { group: 'LATER' })]
    const first = await run(late)
    expect(await inShort(first)).toEqual(['CREATED', 'FAILED REFERENCE group'])
    await run([{ company: COMPANY, code: 'LATER' }], { entity: 'CustomerGroup', matchBy: null })
    const retry = await imports.retry(first.id, null, 'ada')
    if (!retry.ok) throw new Error(JSON.stringify(retry.problems))
    const again = await importing.ended(retry.value.id)
    expect(again.definition.matchBy).toEqual(['company', 'partyNumber'])
    expect(await inShort(again)).toEqual(['CREATED'])
    const undo = await imports.undo(first.id, null, 'ada')
    if (!undo.ok) throw new Error(JSON.stringify(undo.problems))
    expect(await inShort(await importing.ended(undo.value.id))).toEqual(['DELETED'])
    expect(await held('R')).toEqual([1, 1])
  })
})

describe('two imports of the same new values at once', () => {
  it('make each record once: what one creates the other updates', async () => {
    const ids = [await begun(partiesOf('W', 200, { phone: '1' })), await begun(partiesOf('W', 200, { phone: '2' }))]
    const jobs = await Promise.all(ids.map((id) => importing.ended(id)))
    expect(jobs.map(({ phase }) => phase.state)).toEqual(['COMPLETED', 'COMPLETED'])
    expect(jobs.reduce((sum, { outcomes }) => sum + outcomes.CREATED, 0)).toBe(200)
    expect(jobs.reduce((sum, { outcomes }) => sum + outcomes.UPDATED, 0)).toBe(200)
    expect(await held('W')).toEqual([200, 200])
  }, 60_000)
})
