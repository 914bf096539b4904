import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { SYSTEMS, type Value } from '../../schema/participant.ts'
import { compileMapSet } from '../compile.ts'
import { loadCatalog, loadTables } from '../load.ts'
import { toNative } from '../translate.ts'
import { type SampleWrite, sampleWrites } from './sample.ts'
import { GROUPS } from './terms.ts'

const SAMPLE = sampleWrites()

function of(entity: string): readonly SampleWrite['input'][] {
  return SAMPLE.filter((write) => write.entity === entity).map(({ input }) => input)
}

/** What identifies a record, written as an input or as a reference from a record of the company. */
function identity(entity: string, value: object, company: unknown): string {
  const key = { ...value } as Record<string, unknown>
  return [entity, entity === 'Currency' ? '' : company, key['code'] ?? key['number'] ?? key['name']].join('/')
}

const REFERENCES: Readonly<Record<string, string>> = {
  paymentTerms: 'PaymentTerm',
  group: 'CustomerGroup',
  currency: 'Currency',
  billingAccount: 'Customer',
}

function directory(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

const MAP_SET = compileMapSet(
  SYSTEMS.flatMap((system) => loadTables(system, directory(`../../subgraphs/${system.toLowerCase()}/tables`))),
  loadCatalog({ maps: directory('../catalog'), values: directory('../values') }),
)

describe('the sample data', () => {
  it('fits the fields of the shipped maps on both sides', () => {
    for (const { entity, input } of SAMPLE) {
      const map = MAP_SET.byEntity.get(entity)
      expect([...(map?.field.keys() ?? [])]).toEqual(expect.arrayContaining(Object.keys(input)))
      if (map === undefined) continue
      const plain = Object.entries(input).filter(([name]) => REFERENCES[name] === undefined) as [string, Value][]
      for (const system of SYSTEMS) {
        expect(toNative(MAP_SET, map, system, Object.fromEntries(plain), null).refusals).toEqual([])
      }
    }
  })

  it('is the same at every call', () => {
    expect(sampleWrites()).toEqual(SAMPLE)
  })

  it('has 50 customers of two companies in more than ten countries', () => {
    const customers = of('Customer')
    expect(customers).toHaveLength(50)
    expect(new Set(customers.map((customer) => customer['company']))).toEqual(new Set(['usmf', 'demf']))
    expect(new Set(customers.map((customer) => customer['deliveryCountry'])).size).toBeGreaterThan(10)
  })

  it('gives every record a key of its own', () => {
    const keys = SAMPLE.map(({ entity, input }) => identity(entity, input, input['company']))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('refers to earlier records only', () => {
    const written = new Set<string>()
    for (const { entity, input } of SAMPLE) {
      for (const [field, target] of Object.entries(REFERENCES)) {
        const reference = input[field]
        if (typeof reference !== 'object' || reference === null) continue
        expect(written).toContain(identity(target, reference, input['company']))
      }
      written.add(identity(entity, input, input['company']))
    }
  })

  it('keeps every credit limit within the maximum of its group', () => {
    for (const { maximumCreditLimit, creditLimits } of Object.values(GROUPS)) {
      for (const limit of creditLimits) {
        expect(Number(limit)).toBeLessThanOrEqual(Number(maximumCreditLimit ?? Number.MAX_VALUE))
      }
    }
  })

  it('holds a few customers, some of them for everything', () => {
    const holds = of('Customer').map((customer) => customer['onHold'])
    expect(holds.filter((hold) => hold === 'ALL').length).toBeGreaterThan(0)
    expect(holds.filter((hold) => hold !== 'NO').length).toBeLessThan(10)
  })
})
