import { describe, expect, it } from 'vitest'
import type { TableDefinition } from '../schema/table.ts'
import { enumDefinitions, fieldDescription, graphqlTypeOf } from './graphql.ts'
import type { Field, FieldType, MapSide, OwnField, TableMap } from './model.ts'

const field = (type: FieldType, name = 'field'): OwnField => ({
  kind: 'own',
  system: 'ERP',
  column: 'Column',
  computed: false,
  default: undefined,
  name,
  description: null,
  type,
  required: false,
})

const table = (name: string): TableDefinition => ({
  system: 'ERP',
  table: name,
  description: null,
  scope: 'global',
  company: null,
  key: [],
  unique: [],
  indexed: [],
  partOf: null,
  columns: {},
  rules: [],
  computations: [],
})

const map = (entity: string, ...fields: readonly Field[]): TableMap => {
  const side: MapSide = { table: table(`${entity}Table`), holds: () => true, filter: null, constants: {} }
  return {
    name: entity,
    entity,
    plural: entity,
    version: '1.0.0',
    publisher: 'Test',
    description: null,
    scope: 'global',
    mode: 'SYNC',
    reads: 'ERP',
    conflict: 'ERP',
    onLeave: 'REFUSE',
    sides: { CRM: side, ERP: side },
    parent: null,
    key: [],
    fields,
    field: new Map(fields.map((one) => [one.name, one])),
  }
}

describe('the GraphQL type of a field', () => {
  it.each([
    [{ kind: 'string', maxLength: 5 }, 'String'],
    [{ kind: 'integer' }, 'Int'],
    [{ kind: 'decimal', precision: 16, scale: 2 }, 'Decimal'],
    [{ kind: 'boolean' }, 'Boolean'],
    [{ kind: 'date' }, 'Date'],
    [{ kind: 'dateTime' }, 'DateTime'],
    [{ kind: 'guid' }, 'ID'],
    [{ kind: 'json' }, 'JSON'],
    [{ kind: 'enum', name: 'Language', values: ['EN_US'] }, 'Language'],
    [{ kind: 'reference', entity: 'CustomerGroup' }, 'CustomerGroup'],
    [{ kind: 'polymorphic', name: 'OrderCustomer', entities: ['Customer', 'Person'] }, 'OrderCustomer'],
  ] satisfies [FieldType, string][])('of %j is %s', (type, expected) => {
    expect(graphqlTypeOf(field(type))).toBe(expected)
  })
})

describe('the description of a field', () => {
  it('says where the field is held, unless the map says more', () => {
    const own = field({ kind: 'integer' })
    expect(fieldDescription(map('Customer', own), own)).toBe('Held by the ERP alone: CustomerTable.Column.')
    expect(fieldDescription(map('Customer', own), { ...own, description: 'People.' })).toBe('People.')
  })

  it('says what is computed, and by whom', () => {
    const own: Field = { ...field({ kind: 'integer' }), system: 'CRM', column: 'state', computed: true }
    expect(fieldDescription(map('Order', own), own)).toBe('Computed and held by the CRM alone: OrderTable.state.')
    const total: Field = {
      kind: 'mapped',
      name: 'total',
      description: null,
      type: { kind: 'integer' },
      required: false,
      columns: { CRM: 'total', ERP: 'Total' },
      copies: { CRM: [], ERP: [] },
      direction: 'ERP_TO_CRM',
      computedBy: 'ERP',
      default: undefined,
      reverse: null,
    }
    expect(fieldDescription(map('Order', total), total)).toBe(
      'Computed by the ERP and held by both: OrderTable.total and OrderTable.Total.',
    )
  })
})

describe('enum definitions', () => {
  const language: FieldType = { kind: 'enum', name: 'Language', values: ['EN_US', 'DE'] }
  const hold: FieldType = { kind: 'enum', name: 'CustomerOnHold', values: ['NO'] }

  it('hold every enum once, with all that use it, in order of name', () => {
    const maps = [
      map('Customer', field(language, 'language'), field(hold, 'onHold')),
      map('Vendor', field(language, 'language')),
    ]
    const text = enumDefinitions(maps)
    expect(text.match(/enum \w+/g)).toEqual(['enum CustomerOnHold', 'enum Language'])
    expect(text).toContain('Values of Customer.language, Vendor.language.')
    expect(text).toContain('EN_US\nDE')
  })
})
