import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { foldGiven, idOf } from '../../gateway/sync/key.ts'
import type { EntityOutcome, RowOutcome, RowWrite } from '../../gateway/sync/write.ts'
import { COMPANY, type Company, customer, line, openCompany, order, row, tablesOf } from './company.ts'

const ENTITIES = ['Customer', 'SalesOrder', 'SalesOrderLine']

let together: Company
let apart: Company
beforeAll(async () => {
  together = await openCompany()
  apart = await openCompany()
}, 60_000)
afterAll(async () => {
  await together[Symbol.asyncDispose]()
  await apart[Symbol.asyncDispose]()
})

/** What a row asks, before it is about a record of its own. */
interface Wish {
  readonly operation: RowWrite['operation']
  readonly more: object
  readonly isThere: boolean
  readonly quantities: readonly string[]
}

const wish: fc.Arbitrary<Wish> = fc.record({
  operation: fc.constantFrom('CREATE', 'UPDATE', 'UPSERT', 'DELETE'),
  more: fc.record(
    {
      phone: fc.constantFrom('1', '2', null, 'x'.repeat(60)),
      name: fc.constantFrom('Ada', 'Bo', null),
      creditLimit: fc.constantFrom('100', '-1', '1000000'),
      group: fc.constantFrom({ code: 'TRADE' }, { code: 'NONE' }, { id: 'no id' }),
    },
    { requiredKeys: [] },
  ),
  isThere: fc.boolean(),
  quantities: fc.array(fc.constantFrom('1', '3', '0', '-2'), { maxLength: 3 }),
})

const customerRow = ({ operation, more }: Wish, number: string) =>
  row(operation, 'Customer', operation === 'UPDATE' ? { company: COMPANY, number, ...more } : customer(number, more))

function orderRow({ operation, quantities }: Wish, number: string): RowWrite {
  const made = quantities.map((quantity, index) => line(index % 2 === 0 ? 'P-1' : 'P-2', quantity, '1.50'))
  if (operation === 'UPDATE') return row(operation, 'SalesOrder', { company: COMPANY, number, lines: { create: made } })
  return row(operation, 'SalesOrder', order(number, number, operation === 'DELETE' ? [] : made))
}

/** The same row as callers of `write` name its record: by the id. */
function byId({ app }: Company, asked: RowWrite): RowWrite {
  if (asked.operation === 'CREATE' || asked.operation === 'UPSERT') return asked
  const map = app.mapSet.byEntity.get(asked.entity)
  if (map === undefined) throw new TypeError(`no map for ${asked.entity}`)
  const { company, number } = asked.input
  return { ...asked, id: idOf(map, foldGiven(map, [String(company), String(number)])) }
}

const codesOf = ({ errors }: Pick<EntityOutcome, 'errors'>) => errors.map(({ code, system }) => `${system} ${code}`)
const codesIn = (outcome: RowOutcome) => ('errors' in outcome ? codesOf(outcome) : [])

/** What the systems hold, but for what they draw themselves and when. */
async function everything(company: Company): Promise<unknown> {
  const tables = ENTITIES.flatMap((entity) => tablesOf(company, entity))
  const held = await Promise.all(tables.map(([system, table]) => company.holds(system, table)))
  return held
}

describe('rows that touch different records', () => {
  it('end as if each had been written by itself', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(wish, { minLength: 1, maxLength: 12 }),
        fc.array(wish, { maxLength: 6 }),
        async (customers, orders) => {
          run += 1
          const there = customers.flatMap(({ isThere }, at) => (isThere ? [customer(`C${run}-${at}`)] : []))
          const buyers = orders.map((_, at) => customer(`O${run}-${at}`))
          const bought = orders.flatMap(({ isThere }, at) =>
            isThere ? [order(`O${run}-${at}`, `O${run}-${at}`, [line('P-1', '2', '9.00')])] : [],
          )
          for (const company of [together, apart]) {
            await company.rows([...there, ...buyers].map((input) => row('CREATE', 'Customer', input)))
            await company.rows(bought.map((input) => row('CREATE', 'SalesOrder', input)))
          }
          const rows = [
            ...customers.map((one, at) => customerRow(one, `C${run}-${at}`)),
            ...orders.map((one, at) => orderRow(one, `O${run}-${at}`)),
          ]
          const written = await together.rows(rows)
          const alone: EntityOutcome[] = []
          for (const asked of rows) alone.push(await apart.one(byId(apart, asked)))
          expect(written.map(codesIn)).toEqual(alone.map(codesOf))
          expect(await everything(together)).toEqual(await everything(apart))
        },
      ),
      { numRuns: 15 },
    )
  })
})
