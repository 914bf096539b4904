import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { customerLine, customersCsv, type Importing, numbered, openImporting } from './importing.ts'

let importing: Importing
beforeAll(async () => {
  importing = await openImporting()
  importing.worker()
}, 60_000)
afterAll(() => importing[Symbol.asyncDispose]())

const uploadOf = async (lines: readonly string[]) => {
  const uploadId = await importing.upload(customersCsv(lines))
  return { kind: 'UPLOAD', uploadId } as const
}

/** The names and revisions of customers in both systems. */
async function held(prefix: string) {
  const found = await Promise.all([
    importing.company.holds('CRM', 'accounts'),
    importing.company.holds('ERP', 'CustomersV3'),
  ])
  return found.map((records) => records.filter((one) => JSON.stringify(one).includes(`"${prefix}-`)).length)
}

describe('an import', () => {
  it('writes the rows of a file to both systems, and says of each bad one why it is in neither', async () => {
    const lines = numbered('A', 120).map((number) => customerLine(number))
    const source = await uploadOf([
      ...lines.slice(0, 40),
      customerLine('A-BAD1', ''),
      'tst,A-BAD2,too,many,cells,here',
      ...lines.slice(40),
      'tst,A-BAD3,No such group,NONE,USD',
    ])
    const id = await importing.create({ source })
    await importing.store.tell(id, { event: 'UPLOADED', sizeBytes: 1_000, at: Date.now() }, null)
    const job = await importing.ended(id)
    expect(job).toMatchObject({ phase: { state: 'COMPLETED_WITH_FAILURES' }, rows: 123, fault: null })
    expect(job.outcomes).toMatchObject({ CREATED: 120, FAILED: 3 })
    const failures = (await importing.outcomes(id)).flatMap((one) => (one.outcome === 'FAILED' ? [one] : []))
    expect(
      failures.map(({ row, reasons }) => [row, ...new Set(reasons.map(({ code, field }) => `${code} ${field}`))]),
    ).toEqual([
      [41, 'REQUIRED name'],
      [42, 'TOO_MANY_CELLS null'],
      [123, 'REFERENCE group'],
    ])
    expect(await held('A')).toEqual([120, 120])
  })

  it('takes rows that are given inline', async () => {
    const rows = numbered('B', 3).map((number) => ({
      ...{ company: 'tst', number, name: number, group: 'TRADE', currency: 'USD' },
    }))
    const job = await importing.ended(await importing.create({}, rows))
    expect(job).toMatchObject({ phase: { state: 'COMPLETED' }, outcomes: { CREATED: 3 } })
    expect(await held('B')).toEqual([3, 3])
  })
})
