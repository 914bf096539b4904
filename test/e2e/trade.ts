/** A company that sells: what orders refer to, made through the public APIs of a running Lockstep. */

import { expect } from 'vitest'
import { type Lockstep, type Payload, startLockstep, write } from './lockstep.ts'

export const COMPANY = 'tst'

export interface Trade extends Lockstep {
  /** Creates a record and answers with its payload, which must be free of errors. */
  create(entity: string, input: object): Promise<Payload>
  /** A customer without a credit limit unless `more` gives one. */
  customer(number: string, more?: object): Promise<Payload>
}

/** Products P-1 at 10.00 and P-2 at 2.50, in pieces; the group TRADE; US dollars and yen; 20 % tax under FULL. */
export async function startTrade(): Promise<Trade> {
  const lockstep = await startLockstep({ sampleData: false })
  const create = async (entity: string, input: object): Promise<Payload> => {
    const payload = await write(lockstep.graph, `create${entity}`, { input })
    expect(payload.errors).toEqual([])
    return payload
  }
  await lockstep.crm.request(
    `mutation { createCdm_companies(input: { cdm_companycode: "${COMPANY}", cdm_name: "Test Trading" }) { errors { code } } }`,
  )
  await lockstep.erp.request(`mutation {
    createLegalEntities(input: { LegalEntityId: "${COMPANY}", Name: "Test Trading" }) { errors { code } }
    createTaxGroups(input: { dataAreaId: "${COMPANY}", TaxGroupCode: "FULL", TaxRate: "20" }) { errors { code } }
  }`)
  await create('Currency', { code: 'USD', name: 'US dollar', symbol: '$' })
  await create('Currency', { code: 'JPY', name: 'Japanese yen', symbol: '¥', decimalPlaces: 0, roundingStep: '1' })
  await create('CustomerGroup', { company: COMPANY, code: 'TRADE' })
  await create('Unit', { symbol: 'PCS', description: 'Pieces' })
  for (const [number, name, price] of [
    ['P-1', 'Lantern', '10.00'],
    ['P-2', 'Wick', '2.50'],
  ]) {
    await create('Product', { company: COMPANY, number, name, price, salesUnit: { symbol: 'PCS' } })
  }
  const customer = (number: string, more: object = {}) => {
    const terms = { group: { code: 'TRADE' }, currency: { code: 'USD' } }
    return create('Customer', { company: COMPANY, number, name: `Customer ${number}`, ...terms, ...more })
  }
  return { ...lockstep, create, customer }
}

export interface LineInput {
  readonly lineNumber?: number
  readonly product: { readonly number: string }
  readonly quantity: string
  readonly price?: string
  readonly [more: string]: unknown
}

export function line(product: string, quantity: string, price: string, more: object = {}): LineInput {
  return { product: { number: product }, unit: { symbol: 'PCS' }, quantity, price, ...more }
}

/** The input of an order of US dollars. */
export function order(customer: string, lines: readonly LineInput[], more: object = {}) {
  return { company: COMPANY, customer: { number: customer }, currency: { code: 'USD' }, lines, ...more }
}
