import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Row, SYSTEMS, type System, type Value } from '../../schema/record.ts'
import { compileMapSet } from '../compile.ts'
import { loadCatalog, loadTables } from '../load.ts'
import { toNative, unify } from '../translate.ts'

function directory(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

const TABLES = [
  ...loadTables('CRM', directory('../../subgraphs/crm/tables')),
  ...loadTables('ERP', directory('../../subgraphs/erp/tables')),
]
const CATALOG = loadCatalog({ maps: directory('.'), values: directory('../values') })
const MAP_SET = compileMapSet(TABLES, CATALOG)

function entriesOf(name: string): Readonly<Record<string, readonly Value[]>> {
  return CATALOG.values.find(({ definition }) => definition.values === name)?.definition.entries ?? {}
}

describe('the shipped maps', () => {
  it('pair what it takes to sell: customers and their terms, products and warehouses, orders and quotations', () => {
    const entities = MAP_SET.maps.map(({ entity }) => entity)
    expect(entities.toSorted()).toEqual([
      ...['Contact', 'Currency', 'Customer', 'CustomerGroup', 'PaymentTerm', 'Person', 'Product'],
      ...['Quotation', 'QuotationLine', 'SalesOrder', 'SalesOrderLine', 'Site', 'Unit', 'Warehouse'],
    ])
  })

  it('make lines parts of their order or quotation', () => {
    const parts = MAP_SET.maps.flatMap(({ entity, parent }) => (parent === null ? [] : [[entity, parent] as const]))
    expect(Object.fromEntries(parts)).toEqual({
      SalesOrderLine: { entity: 'SalesOrder', field: 'order', list: 'lines' },
      QuotationLine: { entity: 'Quotation', field: 'quotation', list: 'lines' },
    })
  })

  it('pair at least 45 fields of a customer, and leave fields of its own to each system', () => {
    const fields = MAP_SET.byEntity.get('Customer')?.fields ?? []
    expect(fields.filter(({ kind }) => kind !== 'own').length).toBeGreaterThanOrEqual(45)
    const owners = fields.flatMap((field) => (field.kind === 'own' ? [field.system] : []))
    expect(new Set(owners)).toEqual(new Set(SYSTEMS))
  })

  it('are read from both systems, so that one query joins them', () => {
    expect(new Set(MAP_SET.maps.map(({ reads }) => reads))).toEqual(new Set(SYSTEMS))
  })

  it('describe every table, column, map and field', () => {
    const tables = TABLES.flatMap(({ definition }) => [definition, ...Object.values(definition.columns)])
    const maps = MAP_SET.maps.flatMap((map) => [map, ...map.fields])
    expect([...tables, ...maps].filter(({ description }) => description === null)).toEqual([])
  })
})

describe('a mapped field', () => {
  const fields = MAP_SET.maps.flatMap((map) =>
    map.fields.flatMap((field) =>
      field.kind === 'mapped' ? [{ map, field, name: `${map.entity}.${field.name}` }] : [],
    ),
  )

  it('begins with the same value in both systems where a create gives none', () => {
    const unequal = fields.filter(({ map, field }) => {
      const starts = SYSTEMS.map((system) => {
        const { columns, company } = map.sides[system].table
        const initial = columns[field.columns[system]]?.default ?? null
        const by = columns[field.columns[system]]?.references.flatMap(({ when }) => when ?? []) ?? []
        if (initial === null || by.length > 0) return null
        const row = { [field.columns[system]]: initial, [company ?? '']: 'usmf' }
        return unify(MAP_SET, map, system, row)[field.name] ?? null
      })
      return starts[0] !== starts[1] || (starts[0] ?? null) !== (field.default ?? null)
    })
    expect(unequal.map(({ name }) => name)).toEqual([])
  })

  it('that the ERP computes reaches the CRM: every amount of an order or a quotation', () => {
    const computed = fields.flatMap(({ field, name }) => (field.computedBy === 'ERP' ? [name] : []))
    const amounts = (entity: string) =>
      ['totalAmount', 'totalDiscount', 'totalTax', 'totalCharges'].map((name) => `${entity}.${name}`)
    const lineAmounts = (entity: string) =>
      ['currency', 'lineAmount', 'taxAmount', 'chargesAmount'].map((name) => `${entity}.${name}`)
    expect(computed.toSorted()).toEqual(
      [
        ...[...amounts('SalesOrder'), ...amounts('Quotation')],
        ...[...lineAmounts('SalesOrderLine'), ...lineAmounts('QuotationLine')],
      ].toSorted(),
    )
  })

  it('may lie in two columns of the CRM, which then say the same', () => {
    const doubled = MAP_SET.maps.flatMap((map) =>
      map.fields.flatMap((field) => (field.kind === 'own' ? [] : field.copies.CRM.map((copy) => [field.name, copy]))),
    )
    expect(doubled).toEqual(
      expect.arrayContaining([
        ['lineAmount', 'baseamount'],
        ['lineAmount', 'extendedamount'],
        ['currency', 'msdyn_isocurrencycode'],
        ['code', 'msdyn_name'],
        ['symbol', 'name'],
      ]),
    )
  })
})

describe('a contact', () => {
  const map = MAP_SET.byEntity.get('Contact')

  it('gets direct mail where the CRM does not say that e-mail is unwanted', () => {
    if (map === undefined) throw new Error('There is no map of contacts')
    for (const wanted of [true, false]) {
      const sent = (system: System) => toNative(MAP_SET, map, system, { receivesDirectMail: wanted }, 'usmf').set
      expect(sent('CRM')).toEqual({ donotemail: !wanted })
      expect(sent('ERP')).toEqual({ IsReceivingDirectMail: wanted ? 'Yes' : 'No' })
    }
  })
})

describe('the filter of a map', () => {
  function holds(entity: string, system: System, row: Row): boolean | undefined {
    return MAP_SET.byEntity.get(entity)?.sides[system].holds(row)
  }

  it('leaves the code for no currency to each system', () => {
    expect(holds('Currency', 'CRM', { isocurrencycode: '999' })).toBe(false)
    expect(holds('Currency', 'ERP', { CurrencyCode: '999' })).toBe(false)
    expect(holds('Currency', 'CRM', { isocurrencycode: 'EUR' })).toBe(true)
    expect(holds('Currency', 'ERP', { CurrencyCode: 'EUR' })).toBe(true)
  })

  it('takes organisations that are customers', () => {
    expect(holds('Customer', 'CRM', { customertypecode: 3 })).toBe(true)
    expect(holds('Customer', 'CRM', { customertypecode: 5 })).toBe(false)
    expect(holds('Customer', 'CRM', { customertypecode: null })).toBe(false)
    expect(holds('Customer', 'ERP', { PartyType: 'Organization' })).toBe(true)
    expect(holds('Customer', 'ERP', { PartyType: 'Person' })).toBe(false)
  })

  it('tells persons who buy from organisations that do, and from people at those', () => {
    expect(holds('Person', 'ERP', { PartyType: 'Person' })).toBe(true)
    expect(holds('Customer', 'ERP', { PartyType: 'Person' })).toBe(false)
    for (const msdyn_sellable of [true, false]) {
      expect(holds('Person', 'CRM', { msdyn_sellable })).toBe(msdyn_sellable)
      expect(holds('Contact', 'CRM', { msdyn_sellable })).toBe(!msdyn_sellable)
    }
  })

  it('leaves project work and quotations that are no drafts to the CRM', () => {
    expect(holds('SalesOrder', 'CRM', { msdyn_ordertype: 192350001 })).toBe(false)
    expect(holds('Quotation', 'CRM', { msdyn_ordertype: 192350000, statecode: 0 })).toBe(true)
    expect(holds('Quotation', 'CRM', { msdyn_ordertype: 192350000, statecode: 2 })).toBe(false)
  })

  it('holds what a create of the other side makes', () => {
    for (const map of MAP_SET.maps) {
      const keys = map.key.map(({ columns }) => [columns, 'XX'] as const)
      for (const system of SYSTEMS) {
        const key = Object.fromEntries(keys.map(([columns, value]) => [columns[system], value]))
        expect(map.sides[system].holds({ ...key, ...map.sides[system].constants })).toBe(true)
      }
    }
  })
})

describe('the country map', () => {
  const countries = Object.entries(entriesOf('country'))

  it('has the 249 countries of ISO 3166-1, each under its own code and name', () => {
    expect(countries).toHaveLength(249)
    expect(new Set(countries.map(([, [crm]]) => crm)).size).toBe(249)
    for (const [name, [, erp]] of countries) {
      expect(name).toMatch(/^[A-Z]{2}$/)
      expect(erp).toBe(name)
    }
  })

  it('knows them as the runtime does', () => {
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
    expect(countries.filter(([code]) => names.of(code) === undefined)).toEqual([])
    expect(entriesOf('country')).toMatchObject({
      DE: ['Germany', 'DE'],
      NO: ['Norway', 'NO'],
      US: ['United States', 'US'],
    })
  })
})

describe('the language map', () => {
  const REGIONAL_TAGS = [
    ...[
      'ar',
      'ar-ae',
      'cs',
      'da',
      'de',
      'de-at',
      'de-ch',
      'en-au',
      'en-ca',
      'en-gb',
      'en-ie',
      'en-in',
      'en-my',
      'en-nz',
    ],
    ...[
      'en-sg',
      'en-us',
      'en-za',
      'es',
      'es-mx',
      'et',
      'fi',
      'fr',
      'fr-be',
      'fr-ca',
      'fr-ch',
      'hu',
      'is',
      'it',
      'it-ch',
    ],
    ...['ja', 'lt', 'lv', 'nb-no', 'nl', 'nl-be', 'pl', 'pt-br', 'ru', 'sv', 'th', 'tr', 'zh-hans'],
  ]
  const languages = Object.entries(entriesOf('language'))
  const tags = languages.map(([, [, erp]]) => erp)

  it('begins with the 42 regional tags in the order of their options', () => {
    expect(REGIONAL_TAGS).toHaveLength(42)
    expect(tags.slice(0, 42)).toEqual(REGIONAL_TAGS)
    expect(entriesOf('language')['EN_US']).toEqual([192350015, 'en-us'])
  })

  it('numbers its options consecutively and names each by its tag', () => {
    expect(languages.map(([, [crm]]) => crm)).toEqual(languages.map((_, index) => 192350000 + index))
    expect(languages.map(([name]) => name)).toEqual(tags.map((tag) => String(tag).toUpperCase().replace('-', '_')))
  })

  it('has every one of the 183 languages of ISO 639-1, each under its two letters', () => {
    expect(new Set(tags).size).toBe(tags.length)
    expect(tags.filter((tag) => String(tag).length === 2)).toHaveLength(183)
  })
})
