import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lockstep, startLockstep, write } from './lockstep.ts'

const file = fileURLToPath(new URL('../../../shared/data/northwind/customers.csv', import.meta.url))
const present = existsSync(file)
if (!present) process.stderr.write(`skipped: the Northwind customers are not at ${file}\n`)

const COMPANY = 'nwnd'

const COUNTRIES: Readonly<Record<string, string>> = {
  Argentina: 'AR',
  Austria: 'AT',
  Belgium: 'BE',
  Brazil: 'BR',
  Canada: 'CA',
  Denmark: 'DK',
  Finland: 'FI',
  France: 'FR',
  Germany: 'DE',
  Ireland: 'IE',
  Italy: 'IT',
  Mexico: 'MX',
  Norway: 'NO',
  Poland: 'PL',
  Portugal: 'PT',
  Spain: 'ES',
  Sweden: 'SE',
  Switzerland: 'CH',
  UK: 'GB',
  USA: 'US',
  Venezuela: 'VE',
}

interface Customer {
  readonly company: string
  readonly number: string
  readonly name: string
  readonly deliveryStreet: string | null
  readonly deliveryCity: string | null
  readonly deliveryState: string | null
  readonly deliveryPostalCode: string | null
  readonly deliveryCountry: string | null
  readonly phone: string | null
  readonly fax: string | null
  readonly memo: string
}

function customers(): readonly Customer[] {
  const rows: Readonly<Record<string, string>>[] = parse(readFileSync(file), { columns: true })
  return rows.map((row) => {
    const cell = (name: string) => (row[name] === 'NULL' ? null : (row[name] ?? null))
    return {
      company: COMPANY,
      number: row['customerID'] ?? '',
      name: row['companyName'] ?? '',
      deliveryStreet: cell('address'),
      deliveryCity: cell('city'),
      deliveryState: cell('region'),
      deliveryPostalCode: cell('postalCode'),
      deliveryCountry: COUNTRIES[row['country'] ?? ''] ?? null,
      phone: cell('phone'),
      fax: cell('fax'),
      memo: `Contact: ${row['contactName']}, ${row['contactTitle']}`,
    }
  })
}

describe.skipIf(!present)('the customers of Northwind, loaded through the public API', () => {
  let lockstep: Lockstep
  const given = present ? customers() : []

  beforeAll(async () => {
    lockstep = await startLockstep({ sampleData: false })
    const { graph, crm, erp } = lockstep
    await crm.request(
      `mutation { createCdm_companies(input: { cdm_companycode: "${COMPANY}", cdm_name: "Northwind" }) { errors { code } } }`,
    )
    await erp.request(
      `mutation { createLegalEntities(input: { LegalEntityId: "${COMPANY}", Name: "Northwind" }) { errors { code } } }`,
    )
    const currency = await write(graph, 'createCurrency', { input: { code: 'USD', name: 'US dollar', symbol: '$' } })
    const group = await write(graph, 'createCustomerGroup', { input: { company: COMPANY, code: 'TRADE' } })
    expect([...currency.errors, ...group.errors]).toEqual([])
    const written = await Promise.all(
      given.map((customer) =>
        write(graph, 'createCustomer', { input: { ...customer, group: { code: 'TRADE' }, currency: { code: 'USD' } } }),
      ),
    )
    expect(written.flatMap(({ errors }) => errors)).toEqual([])
    expect(written.map(({ transaction }) => transaction?.state)).toEqual(given.map(() => 'COMMITTED'))
  }, 120_000)

  afterAll(() => lockstep.stop())

  it('are 91, as the file has them', () => {
    expect(given).toHaveLength(91)
    expect(given.every(({ deliveryCountry }) => deliveryCountry !== null)).toBe(true)
  })

  it('read back through the unified graph as they were given', async () => {
    const fields = Object.keys(given[0] ?? {})
    const { customers: list } = await lockstep.graph.request<{
      customers: {
        totalCount: number
        edges: { node: Customer & { revision: number; sync: string; group: { code: string } } }[]
      }
    }>(
      `{ customers(first: 200, orderBy: [{ field: NUMBER }]) { totalCount edges { node { ${fields.join(' ')} revision sync group { code } } } } }`,
    )
    const expected = [...given]
      .sort((a, b) => (a.number < b.number ? -1 : 1))
      .map((customer) => ({ ...customer, revision: 1, sync: 'IN_STEP', group: { code: 'TRADE' } }))
    expect(list.totalCount).toBe(91)
    expect(list.edges.map(({ node }) => node)).toEqual(expected)
  })

  it('are on both sides with equal values and revisions, read natively', async () => {
    const crm = await lockstep.crm.request<{ accounts: { edges: { node: Record<string, unknown> }[] } }>(
      `{ accounts(first: 200) { edges { node { revision accountnumber name address1_line1 address1_city
         address1_stateorprovince address1_postalcode address1_country telephone1 fax description customertypecode creditlimit
         msdyn_onholdstatus msdyn_customergroupid transactioncurrencyid } } } }`,
    )
    const erp = await lockstep.erp.request<{ CustomersV3: { edges: { node: Record<string, unknown> }[] } }>(
      `{ CustomersV3(first: 200) { edges { node { revision CustomerAccount OrganizationName DeliveryAddressStreet
         DeliveryAddressCity DeliveryAddressState DeliveryAddressZipCode DeliveryAddressCountryRegionISOCode
         PrimaryContactPhone PrimaryContactFax SalesMemo PartyType CreditLimit OnHoldStatus CustomerGroupId SalesCurrencyCode } } } }`,
    )
    const accounts = new Map(crm.accounts.edges.map(({ node }) => [node['accountnumber'], node]))
    const invoiced = new Map(erp.CustomersV3.edges.map(({ node }) => [node['CustomerAccount'], node]))
    expect([accounts.size, invoiced.size]).toEqual([91, 91])
    for (const customer of given) {
      const account = accounts.get(customer.number)
      const { revision, ...held } = invoiced.get(customer.number) ?? {}
      expect(revision).toBe(1)
      expect(account?.['revision']).toBe(1)
      expect(held).toEqual({
        CustomerAccount: account?.['accountnumber'],
        OrganizationName: account?.['name'],
        DeliveryAddressStreet: account?.['address1_line1'],
        DeliveryAddressCity: account?.['address1_city'],
        DeliveryAddressState: account?.['address1_stateorprovince'],
        DeliveryAddressZipCode: account?.['address1_postalcode'],
        DeliveryAddressCountryRegionISOCode: customer.deliveryCountry,
        PrimaryContactPhone: account?.['telephone1'],
        PrimaryContactFax: account?.['fax'],
        SalesMemo: account?.['description'],
        PartyType: 'Organization',
        CreditLimit: account?.['creditlimit'],
        OnHoldStatus: 'No',
        CustomerGroupId: account?.['msdyn_customergroupid'],
        SalesCurrencyCode: account?.['transactioncurrencyid'],
      })
      expect(account).toMatchObject({
        name: customer.name,
        customertypecode: 3,
        creditlimit: '0.00',
        msdyn_onholdstatus: 806380000,
      })
    }
  })

  it('change nothing when they are upserted again', async () => {
    const again = await Promise.all(
      given.map((customer) => write(lockstep.graph, 'upsertCustomer', { input: customer })),
    )
    expect(
      again.every(({ transaction, errors, id }) => transaction === null && errors.length === 0 && id !== null),
    ).toBe(true)
  })
})
