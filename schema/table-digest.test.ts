import { describe, expect, it } from 'vitest'
import { columnOf, tableOf } from './table.fixture.ts'
import type { Column } from './table.ts'
import { tablesDigest } from './table-digest.ts'

const table = (name: string, columns: readonly Column[]) => tableOf(name, ['code'], columns)

describe('the digest of tables', () => {
  const code = columnOf('code')
  const name = columnOf('name')

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
