import { describe, expect, it } from 'vitest'
import { shapeRefusals } from './row-shape.ts'
import { SHIPPED, shippedMap } from './shipped.fixture.ts'
import type { EntityOperation } from './write.ts'

type Case = readonly [string, EntityOperation['operation'], Readonly<Record<string, unknown>>, readonly string[]]

describe('the shape of a row', () => {
  it.each<Case>([
    ['holds references by key', 'CREATE', { customer: { number: 'C-1' }, lines: [{ product: { number: 'P-1' } }] }, []],
    ['may empty a reference and leave out lists', 'UPDATE', { customer: null, lines: null }, []],
    ['has no text for a reference', 'UPSERT', { customer: 'C-1' }, ['input.customer']],
    ['has no text for the reference of a part', 'UPSERT', { lines: [{ product: 'P-1' }] }, ['input.lines.0.product']],
    ['has no list for a reference', 'CREATE', { customer: [] }, ['input.customer']],
    ['has records in a list of parts', 'CREATE', { lines: [null, {}, 7] }, ['input.lines.0', 'input.lines.2']],
    ['has a list where it makes parts', 'CREATE', { lines: { create: [] } }, ['input.lines']],
    ['has changes where it updates', 'UPDATE', { lines: [{}] }, ['input.lines']],
    [
      'has lists of changes',
      'UPDATE',
      { lines: { create: 1, update: [null] } },
      ['input.lines.create', 'input.lines.update.0'],
    ],
    ['says nothing of the parts of what it deletes', 'DELETE', { lines: 7 }, []],
  ])('%s', (_, operation, input, paths) => {
    const row = { entity: 'SalesOrder', operation, id: null, input, expectedRevision: null }
    const found = shapeRefusals(SHIPPED, shippedMap('SalesOrder'), row)
    expect(found.map(({ code, path }) => `${code} ${path?.join('.')}`)).toEqual(
      paths.map((path) => `VALIDATION ${path}`),
    )
  })
})
