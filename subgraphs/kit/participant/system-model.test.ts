import { describe, expect, it } from 'vitest'
import type { Column, TableDefinition } from '../../../schema/table.ts'
import { column, computations, rules, table, tables } from '../stores/contract/system.contract.ts'
import { modelSystem, referencedKey, referringValues } from './system-model.ts'

const system = modelSystem('ERP', tables, rules, computations)
const orders = system.tables.get('orders')
const lines = system.tables.get('lines')

const to = (target: string) => ({ references: [{ table: target, when: null }] })
const modelled = (...more: readonly TableDefinition[]) => modelSystem('ERP', [...tables, ...more], rules, computations)
const bound = (columns: readonly Column[], more: Partial<TableDefinition> = {}) =>
  table('things', ['company', ...columns.map(({ name }) => name)], [column('company', 'string'), ...columns], more)

describe('A system model', () => {
  it('knows what is part of what', () => {
    expect(lines?.whole).toMatchObject({ column: 'order', target: { table: 'orders' } })
    expect(orders?.parts).toMatchObject([{ column: 'order', table: { table: 'lines' } }])
    expect([orders?.whole, lines?.parts]).toEqual([null, []])
  })

  it('knows what is computed, and by what', () => {
    expect(orders?.computed.map(({ name }) => name)).toEqual(['total', 'size'])
    expect(orders?.computations.map(({ name }) => name)).toEqual(['orderAmounts', 'orderSize'])
    expect(lines?.computed.map(({ name }) => name)).toEqual(['amount'])
  })

  it('follows a column that may name records of several tables as one reference to each', () => {
    const references = orders?.references.filter((reference) => reference.column === 'buyer') ?? []
    const row = { company: 'usmf', order: 'O1', buyer: 'X', buyerType: 'Group' }
    const keys = references.map((one) => orders && [one.target.table, referencedKey(orders.definition, one, row)])
    expect(keys).toEqual([
      ['customers', null],
      ['groups', '["usmf","X"]'],
    ])
  })

  it('tells what a record that refers to another holds, with the column that tells of which table that is', () => {
    const groups = system.tables.get('groups')
    const values = groups?.referrers.map((one) => [
      one.table.table,
      referringValues(groups.definition, one, { company: 'usmf', group: 'A' }),
    ])
    expect(values).toEqual([
      ['customers', { company: 'usmf', group: 'A' }],
      ['orders', { company: 'usmf', buyer: 'A', buyerType: 'Group' }],
    ])
  })

  it.each<[string, TableDefinition, string]>([
    ['a rule', table('things', ['id'], [column('id', 'string')], { rules: ['none'] }), 'things names the rule none'],
    [
      'a computation',
      table('things', ['id'], [column('id', 'string')], { computations: ['none'] }),
      'things names the computation none',
    ],
    ['a table', bound([column('id', 'string', to('none'))]), 'things.id refers to none'],
    [
      'a column that tells of which table a reference is',
      bound([column('id', 'string', { references: [{ table: 'groups', when: { column: 'kind', value: 'A' } }] })]),
      'things.id refers to groups by kind',
    ],
  ])('cannot be made without %s that it names', (_, definition, message) => {
    expect(() => modelled(definition)).toThrow(`${message}, which is not there`)
  })

  it.each<[string, TableDefinition, string]>([
    ['of a part', bound([column('line', 'string', to('lines'))]), 'whose key is more than one value'],
    ['from no company into one', table('things', ['id'], [column('id', 'string', to('groups'))]), 'has no company'],
  ])('cannot be made with a reference %s', (_, definition, message) => {
    expect(() => modelled(definition)).toThrow(message)
  })

  it.each<[string, TableDefinition]>([
    ['a column that refers to nothing', bound([column('id', 'string')], { partOf: 'id' })],
    ['a column outside its key', { ...bound([column('id', 'string', to('groups'))]), key: ['company'], partOf: 'id' }],
    [
      'one of several tables',
      bound([column('id', 'string', { references: [{ table: 'groups', when: { column: 'id', value: 'A' } }] })], {
        partOf: 'id',
      }),
    ],
  ])('cannot be made with parts of what is named by %s', (_, definition) => {
    expect(() => modelled(definition)).toThrow('things is part of what id names')
  })

  it('cannot be made with a part that names computations of its own', () => {
    const part = bound([column('id', 'string', to('groups')), column('line', 'integer')], { partOf: 'id' })
    expect(() => modelled({ ...part, computations: ['orderSize'] })).toThrow('Table things names computations')
  })
})
