import { describe, expect, it } from 'vitest'
import { encodeId } from '../../maps/identity.ts'
import type { System } from '../../schema/record.ts'
import type { Key } from './key.ts'
import { type Found, namesOfMatch, readMatch, settle } from './match.ts'
import { readKey, readOperations } from './operation.ts'
import { ABSENT, heldAt, SHIPPED, shippedMap } from './shipped.fixture.ts'
import { reachOf, turnsOf } from './turns.ts'
import type { EntityOperation } from './write.ts'

const MAP = shippedMap('Customer')
const BY_PARTY = ['company', 'partyNumber']

function read(names: readonly string[], given: Readonly<Record<string, string | null>>, key: Key = ['usmf', null]) {
  return readMatch({ mapSet: SHIPPED, map: MAP, key, given, at: ['input'] }, names)
}

describe('what is looked for', () => {
  it('is the values in the columns of each system', () => {
    const { match, refusals } = read(BY_PARTY, { partyNumber: 'P-1', name: 'Quay West' })
    expect(refusals).toEqual([])
    expect(match).toMatchObject({ field: 'partyNumber', shown: 'partyNumber "P-1"' })
    expect(match.where).toEqual({
      CRM: { msdyn_company: 'usmf', msdyn_partynumber: 'P-1' },
      ERP: { dataAreaId: 'usmf', PartyNumber: 'P-1' },
    })
  })

  it('is asked of the one system that has a field of its own', () => {
    const { match } = read(['company', 'salesDistrict'], { salesDistrict: 'NORTH' })
    expect(match.where).toEqual({ ERP: { dataAreaId: 'usmf', SalesDistrict: 'NORTH' } })
  })

  it('is translated as a written value is', () => {
    const given = { group: encodeId('CustomerGroup', ['usmf', 'RETAIL']), deliveryCountry: 'DE' }
    expect(read(['company', 'group', 'deliveryCountry'], given).match.where).toEqual({
      CRM: { msdyn_company: 'usmf', msdyn_customergroupid: 'RETAIL', address1_country: expect.anything() },
      ERP: { dataAreaId: 'usmf', CustomerGroupId: 'RETAIL', DeliveryAddressCountryRegionISOCode: expect.anything() },
    })
  })

  it.each<[string, Readonly<Record<string, string | null>>, Key, readonly string[]]>([
    ['left out', {}, ['usmf', null], ['REQUIRED input.partyNumber']],
    ['null', { partyNumber: null }, ['usmf', null], ['REQUIRED input.partyNumber']],
    ['blank', { partyNumber: ' ' }, ['usmf', null], ['REQUIRED input.partyNumber']],
    ['of no company', { partyNumber: 'P-1' }, [null, 'C-1'], ['REQUIRED input.company']],
    [
      'too long',
      { partyNumber: 'x'.repeat(41) },
      ['usmf', null],
      ['VALIDATION input.partyNumber', 'VALIDATION input.partyNumber'],
    ],
  ])('is refused where it is %s', (_, given, key, refused) => {
    const { refusals } = read(BY_PARTY, given, key)
    expect(refusals.map(({ code, path }) => `${code} ${path?.join('.')}`)).toEqual(refused)
  })

  it('is a field of the entity', () => {
    expect(() => read(['nonsense'], {})).toThrow(RangeError)
  })
})

/** What a system holds of a customer of the party; null for a customer of another one. */
function held(system: System, number: string, partyNumber = 'P-1') {
  return heldAt(1, MAP, system, { company: 'usmf', number, name: number, partyNumber })
}
const found = (system: System, number: string, isHeld = true): Found => ({ system, key: ['usmf', number], isHeld })
const BOTH = [found('CRM', 'C-1'), found('ERP', 'C-1')]

function settled(
  operation: EntityOperation['operation'],
  all: readonly Found[],
  { key = ['usmf', null], states = {} }: { key?: Key; states?: Partial<Record<System, typeof ABSENT>> } = {},
) {
  const { match } = read(BY_PARTY, { partyNumber: 'P-1' })
  const statesOf = ([, number]: Key) => ({
    CRM: held('CRM', number ?? ''),
    ERP: held('ERP', number ?? ''),
    ...states,
  })
  const { refusals, ...rest } = settle({ map: MAP, operation, key, match }, all, statesOf)
  const told = refusals.map(({ code, path, retryable }) => `${code} ${path?.join('.')}${retryable ? ' again' : ''}`)
  return { ...rest, told }
}

describe('what was found', () => {
  it.each(['UPSERT', 'UPDATE', 'DELETE'] as const)('is what a write is of: %s', (operation) => {
    expect(settled(operation, BOTH)).toEqual({ operation, key: ['usmf', 'C-1'], told: [] })
  })

  it('may be given by its key as well', () => {
    expect(settled('UPDATE', BOTH, { key: ['usmf', 'C-1'] }).told).toEqual([])
    expect(settled('UPDATE', BOTH, { key: ['usmf', 'C-2'] }).told).toEqual(['VALIDATION input.number'])
  })

  it('is nothing: then an upsert creates, with the key that it gives', () => {
    const key = ['usmf', 'C-7']
    expect(settled('UPSERT', [], { key })).toEqual({ operation: 'CREATE', key, told: [] })
    expect(settled('UPDATE', [])).toMatchObject({ key: [null, null], told: ['NOT_FOUND input.partyNumber'] })
    expect(settled('DELETE', [])).toMatchObject({ key: [null, null], told: ['NOT_FOUND input.partyNumber'] })
  })

  it('may be in one system alone', () => {
    const alone = settled('UPSERT', [found('CRM', 'C-1')], { states: { ERP: ABSENT } })
    expect(alone).toEqual({ operation: 'UPSERT', key: ['usmf', 'C-1'], told: [] })
  })

  it.each<[string, readonly Found[], Partial<Record<System, typeof ABSENT>>]>([
    ['another record in each system', [found('CRM', 'C-1'), found('ERP', 'C-2')], {}],
    ['two records in one', [found('CRM', 'C-1'), found('CRM', 'C-2'), found('ERP', 'C-1')], {}],
    ['a record with another value in the other system', [found('ERP', 'C-1')], { CRM: held('CRM', 'C-1', 'P-2') }],
  ])('is no guess where it is %s', (_, all, states) => {
    for (const operation of ['UPSERT', 'UPDATE', 'DELETE'] as const) {
      expect(settled(operation, all, { states }).told).toEqual(['CONFLICT input.partyNumber again'])
    }
  })

  it('is of another entity: then its value is taken where it is unique, and free elsewhere', () => {
    expect(settled('UPSERT', [found('ERP', 'X-1', false)]).told).toEqual(['DUPLICATE input.partyNumber'])
    expect(settled('UPSERT', [found('CRM', 'X-1', false)])).toMatchObject({ operation: 'CREATE', told: [] })
    expect(settled('DELETE', [found('ERP', 'X-1', false)]).told).toEqual(['NOT_FOUND input.partyNumber'])
  })
})

describe('rows', () => {
  const reach = (input: object) => {
    const none = { id: null, as: null, expectedRevision: null, at: [] }
    const asked = { entity: 'Customer', operation: 'UPSERT', matchBy: BY_PARTY, input: { ...input }, ...none } as const
    const [whole] = readOperations(SHIPPED, [readKey(SHIPPED, asked)])
    if (whole === undefined) throw new RangeError('The operation was not read')
    return reachOf(SHIPPED, whole)
  }

  it('of one value follow each other, whatever numbers they give', () => {
    const [one, same, other] = [
      reach({ company: 'usmf', partyNumber: 'P-1' }),
      reach({ company: ' USMF', number: 'C-5', partyNumber: 'P-1' }),
      reach({ company: 'usmf', partyNumber: 'P-2' }),
    ]
    expect(turnsOf([one, same, other])).toEqual([[0, 2], [1]])
  })

  it('have a name for what they mean in each system', () => {
    expect(namesOfMatch(MAP, read(BY_PARTY, { partyNumber: 'P-1' }).match)).toHaveLength(2)
  })
})
