import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RowOutcome } from '../../gateway/imports/job/outcome.ts'
import type { System } from '../../schema/record.ts'
import { customerLine, customersCsv, type Importing, numbered, openImporting } from './importing.ts'

let importing: Importing
beforeAll(async () => {
  importing = await openImporting()
  importing.worker()
}, 60_000)
afterAll(() => importing[Symbol.asyncDispose]())

const uploaded = async (lines: readonly string[]) => {
  const uploadId = await importing.upload(customersCsv(lines))
  return { kind: 'UPLOAD', uploadId } as const
}

const TABLES: readonly (readonly [System, string])[] = [
  ['CRM', 'accounts'],
  ['ERP', 'CustomersV3'],
]

/** How many customers each system has whose numbers begin so. */
async function held(prefix: string): Promise<readonly number[]> {
  const found = await Promise.all(TABLES.map(([system, table]) => importing.company.holds(system, table)))
  return found.map((records) => records.filter((one) => JSON.stringify(one).includes(`"${prefix}-`)).length)
}

/** Of each row its number, its outcome, and why it failed. */
function inShort(outcomes: readonly RowOutcome[]): readonly unknown[] {
  return outcomes.map((one) =>
    one.outcome === 'FAILED'
      ? [one.row, one.outcome, ...new Set(one.reasons.map(({ code, field }) => `${code} ${field}`))]
      : [one.row, one.outcome],
  )
}

const inline = (number: string, more: object = {}) => ({
  ...{ company: 'tst', number, name: number, group: 'TRADE', currency: 'USD' },
  ...more,
})

describe('an import', () => {
  it('writes the rows of a file to both systems, and says of each bad one why it is in neither', async () => {
    const lines = numbered('A', 120).map((number) => customerLine(number))
    const bad = [customerLine('A-BAD1', ''), 'tst,A-BAD2,too,many,cells,here']
    const source = await uploaded([...lines.slice(0, 40), ...bad, ...lines.slice(40), 'tst,A-BAD3,Bad,NONE,USD'])
    const id = await importing.create({ source })
    const job = await importing.ended(id)
    expect(job).toMatchObject({ phase: { state: 'COMPLETED_WITH_FAILURES' }, rows: 123, fault: null })
    expect(job.outcomes).toMatchObject({ CREATED: 120, FAILED: 3 })
    expect(inShort((await importing.outcomes(id)).filter(({ outcome }) => outcome === 'FAILED'))).toEqual([
      [41, 'FAILED', 'REQUIRED name'],
      [42, 'FAILED', 'TOO_MANY_CELLS null'],
      [123, 'FAILED', 'REFERENCE group'],
    ])
    expect(await held('A')).toEqual([120, 120])
  })

  it('says of each row what became of it, and by which transaction', async () => {
    await importing.ended(await importing.create({}, [inline('B-1'), inline('B-2')]))
    const id = await importing.create({}, [inline('B-1', { name: 'Other' }), inline('B-2'), inline('B-3')])
    expect((await importing.ended(id)).phase.state).toBe('COMPLETED')
    const transaction = expect.any(String)
    expect(await importing.outcomes(id)).toMatchObject([
      { row: 1, outcome: 'UPDATED', id: expect.any(String), transaction, changedFields: ['name'] },
      { row: 2, outcome: 'UNCHANGED', id: expect.any(String), transaction: null },
      { row: 3, outcome: 'CREATED', id: expect.any(String), transaction },
    ])
  })

  it('updates and deletes by the key', async () => {
    await importing.ended(await importing.create({}, [inline('C-1'), inline('C-2')]))
    const named = (number: string, more: object = {}) => ({ company: 'tst', number, ...more })
    const update = await importing.create({ operation: 'UPDATE' }, [
      named('C-1', { phone: '1' }),
      named('C-9', { phone: '1' }),
    ])
    await importing.ended(update)
    expect(inShort(await importing.outcomes(update))).toEqual([
      [1, 'UPDATED'],
      [2, 'FAILED', 'NOT_FOUND number'],
    ])
    const remove = await importing.create({ operation: 'DELETE' }, [named('C-2'), named('C-1')])
    expect((await importing.ended(remove)).outcomes).toMatchObject({ DELETED: 2 })
    expect(await held('C')).toEqual([0, 0])
  })

  it('waits for a file that comes later', async () => {
    const uploadId = await importing.announce()
    const id = await importing.create({ source: { kind: 'UPLOAD', uploadId } })
    expect((await importing.job(id)).phase.state).toBe('AWAITING_UPLOAD')
    await importing.send(uploadId, customersCsv([customerLine('D-1')]))
    expect(await importing.ended(id)).toMatchObject({ phase: { state: 'COMPLETED' }, outcomes: { CREATED: 1 } })
  })

  it('expires where its file can come no more', async () => {
    const uploadId = await importing.announce()
    await importing.uploads.delete(uploadId)
    const id = await importing.create({ source: { kind: 'UPLOAD', uploadId } })
    expect((await importing.ended(id)).phase.state).toBe('EXPIRED')
  })

  it.each([
    ['', 'EMPTY_FILE'],
    ['company,number,name\n', 'NO_ROWS'],
    ['company,number,nmae\ntst,E-1,Name\n', 'UNKNOWN_COLUMN'],
  ])('of a file that holds %j fails with %s', async (content, code) => {
    const uploadId = await importing.upload(content)
    const id = await importing.create({ source: { kind: 'UPLOAD', uploadId } })
    expect(await importing.ended(id)).toMatchObject({ phase: { state: 'FAILED' }, fault: { code } })
  })

  it('ends where more rows fail than may', async () => {
    const lines = numbered('F', 400).map((number, at) => customerLine(number, at % 2 === 0 ? '' : number))
    const source = await uploaded(lines)
    const maxFailures = { kind: 'ROWS', rows: 3 } as const
    const job = await importing.ended(await importing.create({ source, maxFailures, batchRows: 10 }))
    expect(job).toMatchObject({ phase: { state: 'FAILED' }, fault: { code: 'TOO_MANY_FAILURES' } })
    expect(job.outcomes.NOT_ATTEMPTED).toBeGreaterThan(300)
    expect(await held('F')).toEqual([job.outcomes.CREATED, job.outcomes.CREATED])
  })
})

describe('a dry run', () => {
  it.each(['ROW', 'BATCH'] as const)(
    'by %s says what would become of each row, and writes nothing',
    async (atomicity) => {
      const prefix = `G${atomicity}`
      await importing.ended(await importing.create({}, [inline(`${prefix}-1`), inline(`${prefix}-2`)]))
      const rows = [inline(`${prefix}-1`, { phone: '5' }), inline(`${prefix}-2`), inline(`${prefix}-3`)]
      const id = await importing.create({ mode: 'DRY_RUN', atomicity }, rows)
      expect((await importing.ended(id)).phase.state).toBe('COMPLETED')
      expect(await importing.outcomes(id)).toMatchObject([
        { outcome: 'UPDATED', changedFields: ['phone'], transaction: null },
        { outcome: 'UNCHANGED' },
        { outcome: 'CREATED', transaction: null },
      ])
      expect(await held(prefix)).toEqual([2, 2])
    },
  )
})

describe('an import that is all or nothing', () => {
  it('is one transaction, as an import', async () => {
    const id = await importing.create(
      { atomicity: 'BATCH' },
      numbered('H', 30).map((number) => inline(number)),
    )
    expect((await importing.ended(id)).outcomes).toMatchObject({ CREATED: 30 })
    const outcomes = await importing.outcomes(id)
    const transactions = new Set(outcomes.map((one) => ('transaction' in one ? one.transaction : null)))
    expect(transactions.size).toBe(1)
    const [transaction = null] = transactions
    const view = transaction === null ? null : await importing.company.app.coordinator.transaction(transaction)
    expect(view).toMatchObject({ state: 'COMMITTED', origin: 'IMPORT', actor: 'ada' })
    expect(await held('H')).toEqual([30, 30])
  })

  it.each([
    ['is refused by a system', inline('I-2', { group: 'NONE' }), 'REFERENCE group'],
    ['cannot be read', inline('I-2', { nmae: 'x' }), 'UNKNOWN_COLUMN nmae'],
  ])('writes nothing where one row %s', async (_, bad, reason) => {
    const id = await importing.create({ atomicity: 'BATCH' }, [inline('I-1'), bad, inline('I-3')])
    expect((await importing.ended(id)).phase.state).toBe('COMPLETED_WITH_FAILURES')
    expect(inShort(await importing.outcomes(id))).toEqual([
      [1, 'NOT_ATTEMPTED'],
      [2, 'FAILED', reason],
      [3, 'NOT_ATTEMPTED'],
    ])
    expect(await held('I')).toEqual([0, 0])
  })

  it('updates and deletes by the key', async () => {
    await importing.ended(await importing.create({}, [inline('HU-1'), inline('HU-2')]))
    const named = (number: string, more: object = {}) => ({ company: 'tst', number, ...more })
    const rows = [named('HU-1', { phone: '1' }), named('HU-2', { phone: '2' })]
    const update = await importing.create({ operation: 'UPDATE', atomicity: 'BATCH' }, rows)
    expect((await importing.ended(update)).outcomes).toMatchObject({ UPDATED: 2 })
    const remove = await importing.create({ operation: 'DELETE', atomicity: 'BATCH' }, [named('HU-1'), named('HU-9')])
    await importing.ended(remove)
    expect(inShort(await importing.outcomes(remove))).toEqual([
      [1, 'NOT_ATTEMPTED'],
      [2, 'FAILED', expect.stringContaining('NOT_FOUND')],
    ])
  })
})

describe('rows of a file that mean the same record', () => {
  it.each([
    ['FAIL', ['FAILED', 'CREATED', 'FAILED', 'FAILED'], 1],
    ['FIRST_WINS', ['CREATED', 'CREATED', 'SKIPPED', 'SKIPPED'], 2],
    ['LAST_WINS', ['SKIPPED', 'CREATED', 'SKIPPED', 'CREATED'], 2],
  ] as const)('are written as %s says', async (duplicates, outcomes, count) => {
    const prefix = `J${duplicates.slice(0, 2)}`
    const lines = [`${prefix}-1`, `${prefix}-2`, `${prefix.toLowerCase()}-1`, `${prefix}-1`]
    const source = await uploaded(lines.map((number) => customerLine(number)))
    const id = await importing.create({ source, duplicates, batchRows: 2 })
    await importing.ended(id)
    expect((await importing.outcomes(id)).map(({ outcome }) => outcome)).toEqual(outcomes)
    expect(await held(prefix)).toEqual([count, count])
  })

  const account = (number: string) => ({
    ...{ msdyn_company: 'tst', accountnumber: number, name: number, msdyn_customergroupid: 'TRADE' },
    customertypecode: 3,
  })
  const target = { kind: 'NATIVE', system: 'CRM', table: 'accounts' } as const

  it.each([
    ['FAIL', ['FAILED', 'FAILED'], 0],
    ['FIRST_WINS', ['CREATED', 'SKIPPED'], 1],
    ['LAST_WINS', ['SKIPPED', 'FAILED'], 0],
  ] as const)('are so where one of them has a bad cell, as %s says', async (duplicates, outcomes, count) => {
    const prefix = `JB${duplicates.slice(0, 2)}`
    const entity = [inline(`${prefix}-1`), inline(`${prefix}-1`, { creditLimit: 'many' })]
    const native = [account(`${prefix}-2`), { ...account(`${prefix}-2`), customertypecode: 'many' }]
    for (const id of [
      await importing.create({ duplicates }, entity),
      await importing.create({ duplicates, target }, native),
    ]) {
      await importing.ended(id)
      expect((await importing.outcomes(id)).map(({ outcome }) => outcome)).toEqual(outcomes)
    }
    expect(await held(prefix)).toEqual([2 * count, 2 * count])
  })
})

describe('an import into a native table', () => {
  const account = (number: string, more: object = {}) => ({
    ...{ msdyn_company: 'tst', accountnumber: number, name: number, customertypecode: 3 },
    ...{ msdyn_customergroupid: 'TRADE', ...more },
  })
  const target = { kind: 'NATIVE', system: 'CRM', table: 'accounts' } as const

  it('takes the other system along', async () => {
    const id = await importing.create({ target, operation: 'CREATE' }, [account('K-1'), account('K-2')])
    expect((await importing.ended(id)).outcomes).toMatchObject({ CREATED: 2 })
    expect(await held('K')).toEqual([2, 2])
  })

  it('creates or updates', async () => {
    await importing.ended(await importing.create({ target }, [account('L-1')]))
    const rows = [account('L-1', { telephone1: '5' }), account('L-2'), account('L-3', { customertypecode: 'x' })]
    const id = await importing.create({ target }, rows)
    await importing.ended(id)
    expect(await importing.outcomes(id)).toMatchObject([
      { outcome: 'UPDATED', changedFields: ['telephone1'] },
      { outcome: 'CREATED' },
      { outcome: 'FAILED', reasons: [{ code: 'VALIDATION', field: 'customertypecode' }] },
    ])
    const remove = await importing.create({ target, operation: 'DELETE', columns: { unknown: 'IGNORE' } }, [
      { msdyn_company: 'tst', accountnumber: 'L-1' },
      { msdyn_company: 'tst' },
    ])
    await importing.ended(remove)
    expect(inShort(await importing.outcomes(remove))).toEqual([
      [1, 'DELETED'],
      [2, 'FAILED', 'REQUIRED accountnumber'],
    ])
    expect(await held('L')).toEqual([1, 1])
  })

  it('tells in a dry run what would be written', async () => {
    const id = await importing.create({ target, mode: 'DRY_RUN' }, [account('M-1')])
    expect((await importing.ended(id)).outcomes).toMatchObject({ CREATED: 1 })
    expect(await held('M')).toEqual([0, 0])
  })
})
