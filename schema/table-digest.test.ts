import { describe, expect, it } from 'vitest'
import type { Column, TableDefinition } from './table.ts'
import { tablesDigest } from './table-digest.ts'

const column = (name: string, more: Partial<Column> = {}): Column => ({
  ...{ name, type: 'string', description: null, maxLength: null, precision: null, scale: null, required: false },
  ...{ immutable: false, generated: false, computed: false, default: undefined, values: null, references: [] },
  ...more,
})

const table = (name: string, columns: readonly Column[]): TableDefinition => ({
  ...{ system: 'ERP', table: name, description: null, scope: 'global', company: null, key: ['code'] },
  ...{ unique: [], partOf: null, rules: [], computations: [] },
  columns: Object.fromEntries(columns.map((one) => [one.name, one])),
})

describe('the digest of tables', () => {
  const code = column('code')
  const name = column('name')

  it('does not depend on the order of tables and columns', () => {
    const one = [table('a', [code, name]), table('b', [code])]
    const other = [table('b', [code]), table('a', [name, code])]
    expect(tablesDigest(one)).toBe(tablesDigest(other))
  })

  it.each([
    ['a column more', [table('a', [code, name])]],
    ['another column', [table('a', [name])]],
    ['a property of a column', [table('a', [{ ...code, required: true }])]],
    ['a table more', [table('a', [code]), table('b', [code])]],
    ['no table', []],
  ])('tells %s', (_, tables) => {
    expect(tablesDigest(tables)).not.toBe(tablesDigest([table('a', [code])]))
  })
})
