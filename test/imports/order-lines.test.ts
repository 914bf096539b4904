import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { undoDefinition } from '../../gateway/imports/api/undo.ts'
import type { JobDefinition } from '../../gateway/imports/job/definition.ts'
import type { Job } from '../../gateway/imports/job/job.ts'
import { COMPANY, customer, row } from '../rows/company.ts'
import { type Importing, numbered, openImporting } from './importing.ts'

const HEADER = 'company,number,lines.lineNumber,lines.product,lines.unit,lines.quantity,lines.price'
const line = (order: string, number: number, quantity: string) =>
  `${COMPANY},${order},${number},P-1,PCS,${quantity},10.00`

describe('Order lines as rows of their own', () => {
  let importing: Importing
  beforeAll(async () => {
    importing = await openImporting()
    importing.worker()
    const given = customer('C-1')
    await importing.company.one(row('CREATE', 'Customer', given))
    for (const number of ['S-1', 'S-2', 'S-3']) {
      const order = { company: COMPANY, number, customer: { number: 'C-1' }, currency: { code: 'USD' } }
      await importing.company.one(row('CREATE', 'SalesOrder', order))
    }
  }, 60_000)
  afterAll(() => importing[Symbol.asyncDispose]())

  const run = async (lines: readonly string[], more: Partial<JobDefinition> = {}): Promise<Job> => {
    const uploadId = await importing.upload([HEADER, ...lines, ''].join('\n'))
    const target = { kind: 'ENTITY', entity: 'SalesOrder' } as const
    return importing.ended(
      await importing.create({ target, operation: 'UPDATE', source: { kind: 'UPLOAD', uploadId }, ...more }),
    )
  }
  /** How many lines each order has in the ERP. */
  const held = async () => {
    const lines = await importing.company.holds('ERP', 'SalesOrderLines')
    return ['S-1', 'S-2', 'S-3'].map(
      (number) => lines.filter((record) => JSON.stringify(record).includes(`"${number}"`)).length,
    )
  }

  it('are written order by order; of an order with a bad line none is, and all of them come back', async () => {
    const rows = [
      line('S-1', 1, '1'),
      line('S-1', 2, '2'),
      line('S-2', 1, '1'),
      line('S-2', 2, 'many'),
      line('S-3', 1, '5'),
    ]
    const job = await run(rows)
    expect(job.outcomes).toMatchObject({ UPDATED: 3, FAILED: 2 })
    expect(job.failures.groups.map(({ code, rows: count }) => [code, count])).toEqual([
      ['INCOMPLETE', 1],
      ['VALIDATION', 1],
    ])
    expect(await held()).toEqual([2, 0, 1])
    const corrected = [line('S-2', 1, '1'), line('S-2', 2, '3')]
    expect((await run(corrected)).outcomes).toMatchObject({ UPDATED: 2 })
    expect(await held()).toEqual([2, 2, 1])
  })

  it('of one order in several places of the file are none of them written, whichever is to win', async () => {
    const before = await held()
    for (const duplicates of ['FIRST_WINS', 'LAST_WINS'] as const) {
      const apart = [line('S-1', 1, '9'), line('S-2', 1, '4'), line('S-1', 2, '9'), line('S-1', 3, '9')]
      const job = await run(apart, { duplicates })
      expect(job).toMatchObject({ phase: { state: 'COMPLETED_WITH_FAILURES' }, outcomes: { SKIPPED: 0, FAILED: 3 } })
      expect(job.failures.groups).toMatchObject([{ code: 'DUPLICATE', rows: 3 }])
    }
    expect(await held()).toEqual([before[0], 1, before[2]])
    await run([line('S-2', 1, '1'), line('S-2', 2, '3')])
    expect(await held()).toEqual(before)
  })

  it('are taken back order by order', async () => {
    const before = await held()
    const job = await run([line('S-1', 1, '7'), line('S-1', 2, '2'), line('S-1', 3, '1')])
    expect(await held()).toEqual([3, ...before.slice(1)])
    const undone = await importing.ended(
      await importing.create(undoDefinition(job, { idempotencyKey: null, actor: null })),
    )
    expect(undone.outcomes).toMatchObject({ UPDATED: 3 })
    expect(await held()).toEqual(before)
  })
})

describe('An import that is taken back', () => {
  let importing: Importing
  beforeAll(async () => {
    importing = await openImporting()
    importing.worker()
  }, 60_000)
  afterAll(() => importing[Symbol.asyncDispose]())

  const undo = async (job: Job) =>
    importing.ended(await importing.create(undoDefinition(job, { idempotencyKey: null, actor: null })))

  it('is so from its end, so that records which refer to each other go one after the other', async () => {
    const rows = numbered('B', 12).map((number, at, numbers) => ({
      ...{ company: COMPANY, number, name: number, group: 'TRADE', currency: 'USD' },
      ...(at === 0 ? {} : { billingAccount: numbers[at - 1] ?? '' }),
    }))
    const job = await importing.ended(await importing.create({}, rows))
    expect(job.outcomes).toMatchObject({ CREATED: 12 })
    expect((await undo(job)).outcomes).toMatchObject({ DELETED: 12 })
  })

  it('may have been of one system own table, and goes in both', async () => {
    const rows = numbered('N', 3).map((number) => ({
      ...{ msdyn_company: COMPANY, accountnumber: number, name: number, customertypecode: 3 },
      msdyn_customergroupid: 'TRADE',
    }))
    const target = { kind: 'NATIVE', system: 'CRM', table: 'accounts' } as const
    const job = await importing.ended(await importing.create({ target }, rows))
    expect(job).toMatchObject({ outcomes: { CREATED: 3 } })
    expect((await undo(job)).outcomes).toMatchObject({ DELETED: 3 })
    const left = await importing.company.holds('ERP', 'CustomersV3')
    expect(left.filter((record) => JSON.stringify(record).includes('"N-'))).toEqual([])
  })
})
