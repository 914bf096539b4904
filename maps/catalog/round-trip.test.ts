/** The law of a shipped map: what goes to a system comes back equal, or the map declares what is lost. */

import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SYSTEMS, type System, type Value } from '../../schema/record.ts'
import { compileMapSet } from '../compile.ts'
import { encodeId } from '../identity.ts'
import { loadCatalog, loadTables } from '../load.ts'
import type { Field, TableMap, UnifiedRecord } from '../model.ts'
import { type KindOf, toNative, unify } from '../translate.ts'

function directory(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

const CATALOG = loadCatalog({ maps: directory('.'), values: directory('../values') })
const MAP_SET = compileMapSet(
  [
    ...loadTables('CRM', directory('../../subgraphs/crm/tables')),
    ...loadTables('ERP', directory('../../subgraphs/erp/tables')),
  ],
  CATALOG,
)

const COMPANY = 'usmf'
const KEY_TEXT = fc.stringMatching(/^[A-Z0-9]{1,3}$/)

/** A column that does not tell the entity: here the first letter of a number does. */
const kindOf: KindOf = (entities, _company, value) =>
  entities.find((entity) => value.startsWith(initialOf(entity))) ?? null

describe.each(MAP_SET.maps.map((map) => [map.entity, map] as const))('%s', (_, map) => {
  it.each(SYSTEMS)('comes back from the %s as it went', (system) => {
    const lossy = lossyFields(map, system)
    fc.assert(
      fc.property(recordOf(map), (values) => {
        const sent = heldBy(map, system, values)
        const back = roundTrip(map, system, sent)
        const lost = Object.fromEntries(lossy.map((name) => [name, back[name] ?? null]))
        expect(back).toEqual({ ...sent, ...lost })
        expect(roundTrip(map, system, back)).toEqual(back)
      }),
    )
  })
})

/** Fields whose definition says what is lost; nothing is on the side that the map reads. */
function lossyFields(map: TableMap, system: System): readonly string[] {
  if (system === map.reads) return []
  const definition = CATALOG.maps.find(({ definition }) => definition.map === map.name)?.definition
  return Object.entries(definition?.fields ?? {}).flatMap(([name, { loss }]) => (loss === undefined ? [] : [name]))
}

function heldBy(map: TableMap, system: System, values: UnifiedRecord): UnifiedRecord {
  const held = map.fields.filter((field) => field.kind !== 'own' || field.system === system)
  return Object.fromEntries(held.map(({ name }) => [name, values[name] ?? null]))
}

function roundTrip(map: TableMap, system: System, values: UnifiedRecord): UnifiedRecord {
  const { set, refusals } = toNative(MAP_SET, map, system, values, companyField(map) === undefined ? null : COMPANY)
  expect(refusals).toEqual([])
  const empty = Object.keys(map.sides[system].table.columns).map((column) => [column, null])
  return unify(MAP_SET, map, system, { ...Object.fromEntries(empty), ...set }, kindOf)
}

/** A whole record of the map with any values that its field types allow. */
function recordOf(map: TableMap): fc.Arbitrary<UnifiedRecord> {
  return fc.record(Object.fromEntries(map.fields.map((field) => [field.name, valuesOf(field, map)])))
}

function valuesOf(field: Field, map: TableMap): fc.Arbitrary<Value> {
  if (field === companyField(map)) return fc.constant(COMPANY)
  if (field.kind === 'key' && field.type.kind === 'string') return KEY_TEXT
  const value = filledValuesOf(field)
  return field.required ? value : fc.option(value)
}

function companyField(map: TableMap): Field | undefined {
  return map.scope === 'company' ? map.key[0] : undefined
}

function filledValuesOf({ type }: Field): fc.Arbitrary<Value> {
  switch (type.kind) {
    case 'string':
      return text(type.maxLength ?? 5000)
    case 'integer':
      return fc.integer({ min: -2_147_483_647 })
    case 'decimal':
      return decimal(type.precision, type.scale)
    case 'boolean':
      return fc.boolean()
    case 'enum':
      return fc.constantFrom(...type.values)
    case 'date':
      return fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
        .map((date) => date.toISOString().slice(0, 10))
    case 'reference':
      return KEY_TEXT.map((key) => idOf(type.entity, key))
    case 'polymorphic':
      return fc
        .tuple(fc.constantFrom(...type.entities), KEY_TEXT)
        .map(([entity, key]) => idOf(entity, `${initialOf(entity)}${key}`))
    case 'dateTime':
    case 'guid':
    case 'json':
      throw new Error(`No shipped map has a field of type ${type.kind}`)
  }
}

function idOf(entity: string, key: string): string {
  const isOfCompany = MAP_SET.byEntity.get(entity)?.scope === 'company'
  return encodeId(entity, isOfCompany ? [COMPANY, key] : [key])
}

function initialOf(entity: string): string {
  return entity.slice(0, 1)
}

function text(maxLength: number): fc.Arbitrary<string> {
  const any = fc.string({ unit: 'binary', maxLength }).map((value) => value.replaceAll('\u0000', ' '))
  return fc.oneof(any, fc.constant('ß'.repeat(maxLength)))
}

function decimal(precision: number, scale: number): fc.Arbitrary<string> {
  const limit = 10n ** BigInt(precision) - 1n
  return fc.bigInt({ min: -limit, max: limit }).map((units) => {
    const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
    const whole = digits.slice(0, digits.length - scale)
    return `${units < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`
  })
}
