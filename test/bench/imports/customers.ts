/** The customers that are imported, as a file and as the mutations of one row each. */

import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface Customers {
  /** What their numbers begin with. */
  readonly prefix: string
  readonly rows: number
  /** Of another round, the same customers have another phone and memo. */
  readonly round: number
}

const HEADER = 'company,number,name,group.code,currency.code,creditLimit,phone,email,deliveryCity,memo\n'
const LINES_AT_ONCE = 1_000

export async function writeCustomers(path: string, customers: Customers): Promise<void> {
  await pipeline(Readable.from(lines(customers)), createWriteStream(path))
}

function* lines({ prefix, rows, round }: Customers): Generator<string> {
  yield HEADER
  for (let from = 0; from < rows; from += LINES_AT_ONCE) {
    const count = Math.min(LINES_AT_ONCE, rows - from)
    yield Array.from({ length: count }, (_, at) => line(customer(prefix, from + at, round))).join('')
  }
}

function line({ number, name, phone, email, memo }: ReturnType<typeof customer>): string {
  return `usmf,${number},${name},RETAIL,USD,1000.00,${phone},${email},Harbour,${memo}\n`
}

function customer(prefix: string, at: number, round: number) {
  const number = `${prefix}${String(at).padStart(7, '0')}`
  return {
    ...{ company: 'usmf', number, name: `Customer ${at}`, group: { code: 'RETAIL' }, currency: { code: 'USD' } },
    ...{ creditLimit: '1000.00', phone: `+1 555 ${round} ${at}`, email: `c${at}@example.com`, deliveryCity: 'Harbour' },
    memo: `round ${round}`,
  }
}

/** Bodies of requests that upsert one customer each: always another one, or always again these. */
export function upserts(kind: 'NEW' | 'THESE', customers: number): readonly string[] {
  const count = kind === 'NEW' ? 1 : customers
  return Array.from({ length: count }, (_, at) => {
    const number = kind === 'NEW' ? 'ONE-{{turn}}' : `SAME-${at}`
    const input = { ...customer('', at, 0), number, memo: 'turn {{turn}}', phone: '+1 555 {{turn}}' }
    return JSON.stringify({
      query:
        'mutation One($input: CreateCustomerInput!) { upsertCustomer(input: $input) { id errors { code message } } }',
      variables: { input },
    })
  })
}
