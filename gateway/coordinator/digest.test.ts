import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Write } from '../../schema/participant.ts'
import { NEVER_WRITTEN, type RecordKey, type System } from '../../schema/record.ts'
import type { Plan } from './coordinator.ts'
import { attemptId, canonicalJson, digestKey, digestPlan, participantsOf, uuidV7 } from './digest.ts'

const write = (change: Partial<Extract<Write, { operation: 'UPDATE' }>> = {}): Write => ({
  operation: 'UPDATE',
  table: 'accounts',
  key: '["usmf","C-1"]' as RecordKey,
  set: { name: 'Adventure Works', fax: null },
  base: NEVER_WRITTEN,
  revision: 1,
  ...change,
})
const plan = (change: Partial<Plan> = {}): Plan => ({
  legs: [
    { system: 'CRM', writes: [write()] },
    { system: 'ERP', writes: [write({ table: 'CustomersV3' })] },
  ],
  mapSet: 'maps-1',
  subject: { entity: 'Customer', id: 'c1' },
  refusals: [],
  ...change,
})

describe('a plan digest', () => {
  test('is the same whatever the order of legs and of properties', () => {
    const reordered = plan({
      legs: [
        { writes: [write({ table: 'CustomersV3', set: { fax: null, name: 'Adventure Works' } })], system: 'ERP' },
        { system: 'CRM', writes: [write()] },
      ],
    })
    expect(digestPlan(reordered, null)).toBe(digestPlan(plan(), null))
  })

  const erp = plan().legs[1] as Plan['legs'][number]
  test.each<[string, Plan]>([
    ['the participants', plan({ legs: [erp] })],
    ['the map set', plan({ mapSet: 'maps-2' })],
    ['a value', plan({ legs: [{ system: 'CRM', writes: [write({ set: { name: 'Other' } })] }, erp] })],
    ['a base', plan({ legs: [{ system: 'CRM', writes: [write({ base: { revision: 4, transaction: null } })] }, erp] })],
    [
      'the order of writes',
      plan({ legs: [{ system: 'CRM', writes: [write({ table: 'a' }), write({ table: 'b' })] }, erp] }),
    ],
  ])('changes with %s', (_name, other) => {
    expect(digestPlan(other, null)).not.toBe(digestPlan(plan(), null))
  })

  test('changes with the request that it serves under a key', () => {
    expect(digestPlan(plan(), 'one')).not.toBe(digestPlan(plan(), 'another'))
  })

  test('participants have one order, the first of which publishes', () => {
    const systems: readonly System[] = ['CRM', 'ERP']
    expect(participantsOf(plan({ legs: plan().legs.toReversed() }))).toEqual(systems)
  })
})

describe('canonical JSON', () => {
  test('is JSON for the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
  test('does not depend on the order of properties, at any depth', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}')
  })
})

describe('ids', () => {
  test('an attempt has the same id in every gateway, and its own', () => {
    const key = digestKey('tenant', 'order-7')
    expect(attemptId(key, 0)).toBe(attemptId(digestKey('tenant', 'order-7'), 0))
    expect(attemptId(key, 1)).not.toBe(attemptId(key, 0))
  })
  test('tenant and key do not run into each other', () => {
    expect(digestKey('a', 'bc')).not.toBe(digestKey('ab', 'c'))
  })
  test('a UUIDv7 holds its time, version and variant', () => {
    const random = Uint8Array.from([0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23])
    expect(uuidV7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7012-b567-89abcdef0123')
  })
  test('UUIDv7s sort by time and are well-formed', () => {
    const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 })
    const time = fc.nat({ max: 2 ** 31 - 1 }).map((seconds) => seconds * 1_000)
    fc.assert(
      fc.property(time, bytes, bytes, (at, first, second) => {
        const id = uuidV7(at, first)
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        expect(id < uuidV7(at + 1, second)).toBe(true)
      }),
    )
  })
})
