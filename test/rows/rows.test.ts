import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RowOutcome, RowWrite } from '../../gateway/sync/write.ts'
import { COMPANY, type Company, customer, line, openCompany, order, row, tablesOf } from './company.ts'

let company: Company
beforeAll(async () => {
  company = await openCompany()
}, 60_000)
afterAll(() => company[Symbol.asyncDispose]())

const outcomes = (rows: readonly RowOutcome[]) => rows.map(({ outcome }) => outcome)
const errorsIn = (found: RowOutcome | undefined) => (found !== undefined && 'errors' in found ? found.errors : [])
const reasons = (found: RowOutcome | undefined) =>
  errorsIn(found).map(({ code, path, system }) => `${system ?? 'PLAN'} ${code} ${path.join('.')}`)

/** In how many of the two systems the customer is. */
async function holders(numbers: readonly string[]): Promise<readonly number[]> {
  const held = await Promise.all(tablesOf(company, 'Customer').map(([system, table]) => company.holds(system, table)))
  const texts = held.map((records) => new Set(records.map((record) => numberIn(record))))
  return numbers.map((number) => texts.filter((found) => found.has(number)).length)
}

function numberIn(record: unknown): string {
  const { key } = record as { readonly key: string }
  return String(JSON.parse(key).at(-1))
}

describe('five hundred rows', () => {
  it('fail where either system refuses them, with the reasons of both, and are in both systems where none does', async () => {
    const frozen = Array.from({ length: 10 }, (_, index) => `H-${index}`)
    const held = await company.rows(
      frozen.map((number) => row('CREATE', 'Customer', customer(number, { onHold: 'ALL' }))),
    )
    expect(new Set(outcomes(held))).toEqual(new Set(['CREATED']))

    const expected = new Map<number, readonly string[]>()
    const rows = Array.from({ length: 500 }, (_, index): RowWrite => {
      const number = `R-${index}`
      if (index % 50 === 7) {
        expected.set(index, ['ERP RULE input.creditLimit'])
        return row('CREATE', 'Customer', customer(number, { creditLimit: '-1' }))
      }
      if (index % 50 === 19) {
        expected.set(index, ['CRM RULE input'])
        const { name: _, ...input } = customer(frozen[Math.floor(index / 50)] ?? '', { phone: '1' })
        return row('UPDATE', 'Customer', input)
      }
      if (index % 50 === 31) {
        expected.set(index, ['CRM REFERENCE input.group', 'ERP REFERENCE input.group'])
        return row('CREATE', 'Customer', customer(number, { group: { code: 'NONE' } }))
      }
      if (index % 50 === 43) {
        expected.set(index, ['PLAN REFERENCE input.group.id'])
        return row('CREATE', 'Customer', customer(number, { group: { id: 'no id' } }))
      }
      return row('UPSERT', 'Customer', customer(number))
    })
    const written = await company.rows(rows)
    const failed = new Map(written.flatMap((one, at) => (one.outcome === 'FAILED' ? [[at, reasons(one)]] : [])))
    expect(failed).toEqual(expected)
    expect(written.flatMap((one, at) => (expected.has(at) ? [] : one.outcome))).toEqual(Array(460).fill('CREATED'))
    const there = await holders(rows.map((_, index) => `R-${index}`))
    expect(there).toEqual(rows.map((_, index) => (expected.has(index) ? 0 : 2)))
    const transactions = new Set(written.map((one) => ('transaction' in one ? one.transaction : null)))
    transactions.delete(null)
    expect(transactions.size).toBe(1)
  })
})

describe('rows', () => {
  it('are created, updated with the fields that changed, left as they are, and deleted, beside each other', async () => {
    const first = ['M-1', 'M-2', 'M-3'].map((number) => row('UPSERT', 'Customer', customer(number)))
    expect(outcomes(await company.rows(first))).toEqual(['CREATED', 'CREATED', 'CREATED'])
    const mixed = await company.rows([
      row('UPSERT', 'Customer', customer('M-1', { phone: '1', name: 'Renamed' })),
      row('UPSERT', 'Customer', customer('M-2')),
      row('DELETE', 'Customer', { company: COMPANY, number: 'M-3' }),
      row('CREATE', 'Customer', customer('M-4')),
      row('UPDATE', 'Customer', { company: COMPANY, number: 'M-9', name: 'Nobody' }),
    ])
    expect(mixed).toMatchObject([
      { outcome: 'UPDATED', fields: ['name', 'phone'] },
      { outcome: 'UNCHANGED' },
      ...[{ outcome: 'DELETED' }, { outcome: 'CREATED' }],
      { outcome: 'FAILED', errors: [{ code: 'NOT_FOUND', path: ['input', 'number'] }] },
    ])
    expect(await holders(['M-1', 'M-2', 'M-3', 'M-4', 'M-9'])).toEqual([2, 2, 0, 2, 0])
  })

  it('without keys get numbers of their own', async () => {
    const { number: _, ...input } = customer('')
    const made = await company.rows([1, 2, 3].map(() => row('CREATE', 'Customer', input)))
    const ids = made.map((one) => ('id' in one ? one.id : null))
    expect(outcomes(made)).toEqual(['CREATED', 'CREATED', 'CREATED'])
    expect(new Set(ids).size).toBe(3)
  })

  it('that touch the same record follow each other, each seeing what the one before it left', async () => {
    const written = await company.rows([
      row('CREATE', 'Customer', customer('T-1')),
      row('UPDATE', 'Customer', { company: COMPANY, number: 'T-1', phone: '7' }),
      row('CREATE', 'Customer', customer('T-2')),
      row('CREATE', 'Customer', customer('T-1')),
      row('CREATE', 'SalesOrder', order('SO-T', 'T-2', [line('P-1', '1', '10.00')])),
    ])
    expect(outcomes(written)).toEqual(['CREATED', 'UPDATED', 'CREATED', 'FAILED', 'CREATED'])
  })

  it('of an entity that there is not fail alone', async () => {
    const written = await company.rows([row('CREATE', 'Nothing', {}), row('CREATE', 'Customer', customer('E-1'))])
    expect(written).toMatchObject([{ outcome: 'FAILED', errors: [{ code: 'UNMAPPED' }] }, { outcome: 'CREATED' }])
  })

  it('of any shape whatever never touch their neighbours', async () => {
    const names = ['company', 'number', 'name', 'group', 'currency', 'lines', 'customer', 'creditLimit', 'onHold']
    const input = fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 2 }))
    const operation = fc.constantFrom('CREATE', 'UPDATE', 'UPSERT', 'DELETE')
    const strange = fc.tuple(operation, fc.constantFrom('Customer', 'SalesOrder'), input, fc.option(fc.string()))
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(strange, { maxLength: 5 }), async (rows) => {
        run += 1
        const good = row('CREATE', 'Customer', customer(`S-${run}`))
        const written = await company.rows([...rows.map((one) => row(...one)), good])
        expect(written.at(-1)).toMatchObject({ outcome: 'CREATED' })
      }),
      { numRuns: 200 },
    )
  })

  it('have the same outcomes again under the same key, and are not written twice', async () => {
    const rows = [
      row('CREATE', 'Customer', customer('K-1')),
      row('CREATE', 'Customer', customer('K-2', { creditLimit: '-1' })),
      row('UPSERT', 'Customer', customer('K-1', { phone: '5' })),
      row('UPDATE', 'Customer', { company: COMPANY, number: 'K-9', phone: '5' }),
      row('UPSERT', 'CustomerGroup', { company: COMPANY, code: 'TRADE' }),
    ]
    const first = await company.rows(rows, { idempotencyKey: 'rows of K' })
    const again = await company.rows(rows, { idempotencyKey: 'rows of K' })
    expect(outcomes(first)).toEqual(['CREATED', 'FAILED', 'UPDATED', 'FAILED', 'UNCHANGED'])
    expect(again).toEqual(first)
    const others = await company.rows([row('CREATE', 'Customer', customer('K-3'))], { idempotencyKey: 'rows of K' })
    expect(errorsIn(others[0]).map(({ code }) => code)).toEqual(['IDEMPOTENCY_MISMATCH'])
    expect(await holders(['K-1', 'K-2', 'K-3'])).toEqual([2, 0, 0])
  })

  it('are only looked at in a dry run, which tells what would become of each', async () => {
    await company.one(row('CREATE', 'Customer', customer('D-1')))
    const rows = [
      row('UPSERT', 'Customer', customer('D-1', { phone: '9' })),
      row('UPSERT', 'Customer', customer('D-1')),
      row('CREATE', 'Customer', customer('D-2', { creditLimit: '-1', group: { code: 'NONE' } })),
      row('CREATE', 'Customer', customer('D-3')),
    ]
    const seen = await company.rows(rows, { dryRun: true, idempotencyKey: 'dry' })
    expect(outcomes(seen)).toEqual(['UPDATED', 'UNCHANGED', 'FAILED', 'CREATED'])
    expect(seen[0]).toMatchObject({ fields: ['phone'], transaction: null })
    expect(new Set(errorsIn(seen[2]).map(({ system }) => system))).toEqual(new Set(['CRM', 'ERP']))
    expect(await holders(['D-1', 'D-2', 'D-3'])).toEqual([2, 0, 0])
  })
})

describe('orders with their lines', () => {
  it('are one row each: written with what the ERP computes, changed line by line, refused by themselves', async () => {
    const numbers = Array.from({ length: 20 }, (_, index) => `O-${index}`)
    await company.rows(numbers.map((number) => row('CREATE', 'Customer', customer(number))))
    const lines = [line('P-1', '2', '10.00'), line('P-2', '4', '2.50')]
    const orders = numbers.map((number, index) =>
      row('CREATE', 'SalesOrder', order(number, number, index === 5 ? [line('NONE', '1', '1.00')] : lines)),
    )
    const written = await company.rows(orders)
    expect(written.map(({ outcome }) => outcome)).toEqual(numbers.map((_, at) => (at === 5 ? 'FAILED' : 'CREATED')))
    expect(reasons(written[5])).toContain('ERP REFERENCE input.lines.0.product')
    const [crm = [], erp = []] = await Promise.all(
      tablesOf(company, 'SalesOrder').map(([system, table]) => company.holds(system, table)),
    )
    const ofRun = (records: readonly unknown[]) => records.filter((record) => numbers.includes(numberIn(record)))
    expect([ofRun(crm).length, ofRun(erp).length]).toEqual([19, 19])
    expect(JSON.stringify(ofRun(crm)[0])).toContain('"30.00')

    const again = await company.rows([
      row('UPSERT', 'SalesOrder', order('O-0', 'O-0', [line('P-1', '5', '10.00', { lineNumber: 1 })])),
      row('UPSERT', 'SalesOrder', {
        ...order(
          'O-1',
          'O-1',
          lines.map((one, index) => ({ ...one, lineNumber: index + 1 })),
        ),
      }),
      row('DELETE', 'SalesOrder', { company: COMPANY, number: 'O-2' }),
    ])
    expect(outcomes(again)).toEqual(['UPDATED', 'UNCHANGED', 'DELETED'])
    expect(again[0]).toMatchObject({ fields: expect.arrayContaining(['lines', 'totalAmount']) })
  })
})
