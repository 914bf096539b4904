import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { SYSTEMS, type Value } from '../../schema/record.ts'
import { compileMapSet } from '../compile.ts'
import { loadCatalog, loadTables } from '../load.ts'
import type { Field, TableMap } from '../model.ts'
import { toNative } from '../translate.ts'
import { sampleWrites } from './sample.ts'
import type { SampleInput } from './sample-write.ts'
import { GROUPS } from './terms.ts'

const SAMPLE = sampleWrites()

function directory(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

const MAP_SET = compileMapSet(
  SYSTEMS.flatMap((system) => loadTables(system, directory(`../../subgraphs/${system.toLowerCase()}/tables`))),
  loadCatalog({ maps: directory('../catalog'), values: directory('../values') }),
)

function of(entity: string): readonly SampleInput[] {
  return SAMPLE.filter((write) => write.entity === entity).map(({ input }) => input)
}

function inCompany(entity: string, company: string): readonly SampleInput[] {
  return of(entity).filter((input) => input['company'] === company)
}

function mapOf(entity: string): TableMap {
  const map = MAP_SET.byEntity.get(entity)
  if (map === undefined) throw new Error(`no map for ${entity}`)
  return map
}

function inputsIn(value: unknown): readonly SampleInput[] {
  return Array.isArray(value) ? value : []
}

/** Every record with those nested in it. */
const RECORDS = SAMPLE.flatMap(({ entity, input }) => [
  { entity, input },
  ...MAP_SET.partsOf(entity).flatMap((part) =>
    inputsIn(input[part.parent?.list ?? '']).map((nested) => ({
      entity: part.entity,
      input: { ...nested, company: input['company'] },
    })),
  ),
])

/** What identifies a record, written as an input or as a reference from a record of the company. */
function identity(entity: string, value: SampleInput, company: unknown): string {
  const { key, scope } = mapOf(entity)
  const own = key.slice(scope === 'company' ? 1 : 0).map(({ name }) => value[name])
  return [entity, ...(scope === 'company' ? [company] : []), ...own].join('/')
}

/** The record that a field of an input refers to; null for a plain field and an empty one. */
function referred(field: Field, input: SampleInput): string | null {
  const value = input[field.name]
  if (typeof value !== 'object' || value === null) return null
  const reference: SampleInput = { ...value }
  if (field.type.kind === 'reference') return identity(field.type.entity, reference, input['company'])
  if (field.type.kind !== 'polymorphic') return null
  const entity = field.type.entities.find((name) => name.toUpperCase() === reference['type'])
  return entity === undefined ? 'no such entity' : identity(entity, reference, input['company'])
}

describe('the sample data', () => {
  it('fits the fields of the shipped maps on both sides', () => {
    for (const { entity, input } of RECORDS) {
      const map = mapOf(entity)
      const lists = MAP_SET.partsOf(entity).map(({ parent }) => parent?.list)
      const given = Object.entries(input).filter(([name]) => !lists.includes(name))
      expect([...map.field.keys()]).toEqual(expect.arrayContaining(given.map(([name]) => name)))
      const plain = given.filter(([, value]) => typeof value !== 'object' || value === null) as [string, Value][]
      for (const system of SYSTEMS) {
        expect(toNative(MAP_SET, map, system, Object.fromEntries(plain), null).refusals).toEqual([])
      }
    }
  })

  it('leaves to the systems what they compute', () => {
    for (const { entity, input } of RECORDS) {
      for (const field of mapOf(entity).fields) {
        const isComputed = field.kind === 'mapped' ? field.computedBy !== null : field.kind === 'own' && field.computed
        if (isComputed) expect(input).not.toHaveProperty(field.name)
      }
    }
  })

  it('is the same at every call', () => {
    expect(sampleWrites()).toEqual(SAMPLE)
  })

  it('gives every record a key of its own', () => {
    const keys = SAMPLE.map(({ entity, input }) => identity(entity, input, input['company']))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('takes no number that a sequence could draw', () => {
    for (const { entity, input } of SAMPLE) {
      for (const { name, sequence } of mapOf(entity).key) {
        const [prefix] = sequence?.split('{') ?? []
        if (prefix !== undefined) expect(input[name]).not.toMatch(new RegExp(`^${prefix}\\d`))
      }
    }
  })

  it('refers to earlier records only', () => {
    const written = new Set<string>()
    for (const { entity, input } of RECORDS) {
      for (const field of mapOf(entity).fields) {
        const target = referred(field, input)
        if (target !== null) expect(written).toContain(target)
      }
      written.add(identity(entity, input, input['company']))
    }
  })

  it('refers within an entity only to records that refer to none of it themselves', () => {
    const referringWithin = ({ entity, input }: (typeof SAMPLE)[number]) =>
      mapOf(entity).fields.flatMap((field) =>
        field.type.kind === 'reference' && field.type.entity === entity ? (referred(field, input) ?? []) : [],
      )
    const referring = SAMPLE.filter((write) => referringWithin(write).length > 0)
    const names = referring.map(({ entity, input }) => identity(entity, input, input['company']))
    for (const target of referring.flatMap(referringWithin)) expect(names).not.toContain(target)
  })
})

describe('the sample companies', () => {
  it('have 50 customers in more than ten countries', () => {
    const customers = of('Customer')
    expect(customers).toHaveLength(50)
    expect(new Set(customers.map((customer) => customer['company']))).toEqual(new Set(['usmf', 'demf']))
    expect(new Set(customers.map((customer) => customer['deliveryCountry'])).size).toBeGreaterThan(10)
  })

  it.each(['usmf', 'demf'])('keep what trade takes: %s', (company) => {
    const counts = ['Site', 'Warehouse', 'Product', 'Person', 'SalesOrder', 'Quotation'].map(
      (entity) => inCompany(entity, company).length,
    )
    expect(counts).toEqual([2, 4, 50, 4, 150, 10])
  })

  it('know a contact at most customers, each by an e-mail address of its own', () => {
    const contacts = of('Contact')
    expect(contacts.length).toBeGreaterThan(40)
    expect(new Set(contacts.map((contact) => contact['email'])).size).toBe(contacts.length)
    for (const { input } of SAMPLE) expect(input['email'] ?? 'a@b.example').toMatch(/^[a-z.-]+@[a-z.-]+\.example$/)
  })

  it('keep every credit limit within the maximum of its group', () => {
    for (const { maximumCreditLimit, creditLimits } of Object.values(GROUPS)) {
      for (const limit of creditLimits) {
        expect(Number(limit)).toBeLessThanOrEqual(Number(maximumCreditLimit ?? Number.MAX_VALUE))
      }
    }
  })

  it('hold a few customers, some of them for everything', () => {
    const holds = of('Customer').map((customer) => customer['onHold'])
    expect(holds.filter((hold) => hold === 'ALL').length).toBeGreaterThan(0)
    expect(holds.filter((hold) => hold !== 'NO').length).toBeLessThan(10)
  })

  it('have discontinued a few products', () => {
    const discontinued = of('Product').filter((product) => product['state'] === 'DISCONTINUED')
    expect(discontinued).toHaveLength(6)
    for (const product of discontinued) expect(product['discontinuedOn']).toMatch(/^202[56]-/)
  })
})
