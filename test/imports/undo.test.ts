import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { undoWrite } from '../../gateway/imports/undo/undo-write.ts'
import { writtenBy } from '../../gateway/imports/undo/written-by.ts'
import type { RowOutcome, RowWrite } from '../../gateway/sync/write.ts'
import { encodeId } from '../../maps/identity.ts'
import { SYSTEMS } from '../../schema/record.ts'
import { COMPANY, type Company, customer, line, openCompany, order, row, tablesOf } from '../rows/company.ts'

const idOf = (entity: string, number: string) => encodeId(entity, [COMPANY, number])

describe('Taking back what rows wrote', () => {
  let company: Company
  beforeAll(async () => {
    company = await openCompany()
    const made = await company.rows([
      row('CREATE', 'Customer', customer('C-1', { phone: '1', email: 'a@b.c', creditLimit: '1000.00' })),
      row('CREATE', 'Customer', customer('C-2')),
    ])
    expect(made.map(({ outcome }) => outcome)).toEqual(['CREATED', 'CREATED'])
    const lines = [line('P-1', '2', '10.00'), line('P-2', '4', '2.50')]
    await company.rows([row('CREATE', 'SalesOrder', order('S-1', 'C-1', lines, { headerCharges: '5.00' }))])
  })
  afterAll(() => company[Symbol.asyncDispose]())

  /** Every record that customers and orders are made of, without revisions. */
  async function held(): Promise<readonly unknown[]> {
    const tables = ['Customer', 'SalesOrder', 'SalesOrderLine'].flatMap((entity) => tablesOf(company, entity))
    const found = await Promise.all(tables.map(([system, table]) => company.holds(system, table)))
    return found.flat().map((record) => ({ ...(record as object), revision: null }))
  }

  async function undoing(outcomes: readonly RowOutcome[]): Promise<readonly (RowWrite | null)[]> {
    const { mapSet, participants } = company.app
    return Promise.all(
      outcomes.map(async (outcome) => {
        if (!('transaction' in outcome) || outcome.transaction === null) throw new Error(JSON.stringify(outcome))
        const written = (await writtenBy(mapSet, participants, outcome.transaction))?.wholes.get(outcome.id)
        return written === undefined ? null : undoWrite(mapSet, written)
      }),
    )
  }

  it.each<[string, readonly RowWrite[]]>([
    [
      'creates',
      [row('CREATE', 'Customer', customer('C-9')), row('CREATE', 'Customer', customer('C-8', { phone: '8' }))],
    ],
    [
      'changes of mapped fields, of references and of fields that one system keeps',
      [
        row(
          'UPDATE',
          'Customer',
          { phone: '2', email: null, currency: null, warehouse: null, creditLimit: '700.00' },
          idOf('Customer', 'C-1'),
        ),
        row('UPSERT', 'Customer', customer('C-2', { name: 'Other', salesTaxGroup: 'FULL' })),
      ],
    ],
    ['a delete', [row('DELETE', 'Customer', {}, idOf('Customer', 'C-2'))]],
    ['an order made with its lines', [row('CREATE', 'SalesOrder', order('S-2', 'C-2', [line('P-1', '1', '10.00')]))]],
    [
      'lines that were added, changed and taken away',
      [
        row(
          'UPDATE',
          'SalesOrder',
          { lines: { create: [line('P-1', '9', '10.00')], update: [{ lineNumber: 1, quantity: '3' }], delete: [2] } },
          idOf('SalesOrder', 'S-1'),
        ),
      ],
    ],
    ['an order that went with its lines', [row('DELETE', 'SalesOrder', {}, idOf('SalesOrder', 'S-1'))]],
  ])('gives back %s', async (_, rows) => {
    const before = await held()
    const outcomes = await company.rows(rows)
    expect(outcomes.filter(({ outcome }) => outcome === 'FAILED')).toEqual([])
    expect(await held()).not.toEqual(before)
    const back = await undoing(outcomes)
    const undone = await company.rows(back.filter((write) => write !== null))
    expect(undone.filter(({ outcome }) => outcome === 'FAILED')).toEqual([])
    expect(await held()).toEqual(before)
  })

  it('is refused where somebody has written the record since', async () => {
    const phone = (value: string) => row('UPDATE', 'Customer', { phone: value }, idOf('Customer', 'C-1'))
    const [back = null] = await undoing(await company.rows([phone('3')]))
    await company.rows([phone('4')])
    const [undone] = await company.rows(back === null ? [] : [back])
    expect(undone).toMatchObject({ outcome: 'FAILED', errors: [{ code: 'STALE' }] })
  })

  it('finds nothing of a transaction that is not there', async () => {
    const { mapSet, participants } = company.app
    expect(await writtenBy(mapSet, participants, 'nowhere' as never)).toBeNull()
    expect(participants.size).toBe(SYSTEMS.length)
  })
})
