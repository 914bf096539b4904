import { describe, expect, it } from 'vitest'
import type { SnapshotRow } from './feed.ts'
import { distinctFilter } from './filter.ts'
import { OpenChunk } from './snapshot-chunk.ts'
import { changeOf, filterOf } from './told.fixture.ts'

describe('A chunk that is open while changes come', () => {
  const row = (id: string): SnapshotRow => ({
    ...{ entity: 'Customer', id, company: 'usmf', revision: 1 },
    record: { group: 'gold' },
  })
  const filter = filterOf({ origins: ['CRM'], values: [{ field: 'group', in: ['gold'] }] })
  const chunkOf = (...ids: readonly string[]) =>
    new OpenChunk('Customer', { rows: ids.map(row), next: null }, distinctFilter(filter))
  const ids = (chunk: OpenChunk) => chunk.rows().map(({ id }) => id)

  it('gives its rows in order where nothing came', () => {
    expect(chunkOf('b', 'a', 'c').rows()).toEqual([row('b'), row('a'), row('c')])
  })

  it('leaves out a row whose change is told', () => {
    const chunk = chunkOf('a', 'b')
    chunk.pass(changeOf('a', { after: { group: 'gold' } }), true)
    expect(ids(chunk)).toEqual(['b'])
  })

  it('keeps a row whose id is that of a record of another entity', () => {
    const chunk = chunkOf('a')
    chunk.pass(changeOf('a', { entity: 'Order' }), true)
    expect(chunk.rows()).toEqual([row('a')])
  })

  it('adds no row for a record that it has not read', () => {
    const chunk = chunkOf('a')
    chunk.pass(changeOf('b', { after: { group: 'gold' } }), false)
    expect(ids(chunk)).toEqual(['a'])
  })

  it('gives a row as a change left it that is not told', () => {
    const chunk = chunkOf('a', 'b')
    chunk.pass(changeOf('a', { revision: 7, after: { group: 'gold', name: 'new' } }), false)
    expect(chunk.rows()).toEqual([{ ...row('a'), revision: 7, record: { group: 'gold', name: 'new' } }, row('b')])
  })

  it('leaves out a row that a change made leave, or deleted, which is not told', () => {
    const chunk = chunkOf('a', 'b', 'c')
    chunk.pass(changeOf('a', { after: { group: 'lead' } }), false)
    chunk.pass(changeOf('b', { after: null }), false)
    expect(ids(chunk)).toEqual(['c'])
  })

  it('keeps what a change of one system cannot tell of, as the row has it', () => {
    const chunk = chunkOf('a', 'b', 'c')
    chunk.pass(changeOf('a', { systems: ['ERP'], before: { tax: 'no' }, after: { tax: 'full' } }), false)
    chunk.pass(changeOf('b', { after: { group: 'gold', name: 'new' } }), true)
    chunk.pass(changeOf('b', { systems: ['ERP'], before: { tax: 'no' }, after: { tax: 'full' } }), false)
    chunk.pass(changeOf('c', { after: null }), false)
    chunk.pass(changeOf('c', { systems: ['ERP'], before: null, after: { tax: 'full' } }), false)
    expect(chunk.rows()).toMatchObject([
      { id: 'a', record: { group: 'gold', tax: 'full' } },
      { id: 'b', record: { group: 'gold', name: 'new', tax: 'full' } },
    ])
  })

  it('gives a row beside a told change of one system that does not tell all of it', () => {
    const chunk = chunkOf('a', 'b')
    chunk.pass(changeOf('a', { systems: ['ERP'], before: { tax: 'no' }, after: { tax: 'full' } }), true)
    chunk.pass(changeOf('b', { after: { group: 'lead' } }), true)
    chunk.pass(changeOf('b', { systems: ['ERP'], before: { tax: 'no' }, after: { tax: 'full' } }), true)
    expect(chunk.rows()).toMatchObject([{ id: 'a', revision: 2, record: { group: 'gold', tax: 'full' } }])
  })

  it('goes by the last of several changes of a record', () => {
    const chunk = chunkOf('a', 'b')
    const gold = { after: { group: 'gold' } }
    chunk.pass(changeOf('a', { ...gold, revision: 2 }), true)
    chunk.pass(changeOf('a', { ...gold, revision: 3 }), false)
    chunk.pass(changeOf('b', { ...gold, revision: 2 }), false)
    chunk.pass(changeOf('b', { ...gold, revision: 3 }), true)
    expect(chunk.rows()).toMatchObject([{ id: 'a', revision: 3 }])
  })
})
