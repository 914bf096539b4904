import { describe, expect, it } from 'vitest'
import { encodeId } from '../../maps/identity.ts'
import { readKey, readOperations } from './operation.ts'
import { type HeldParts, needsHeldParts, nextNumbers, recordIntents } from './parts.ts'
import { SHIPPED } from './shipped.fixture.ts'
import type { TransactOperation } from './write.ts'

const ID = encodeId('SalesOrder', ['usmf', 'SO-1'])

function operation(asked: Partial<TransactOperation>): TransactOperation {
  const none = { id: ID, input: {}, as: null, expectedRevision: null, at: [] }
  return { entity: 'SalesOrder', operation: 'UPDATE', ...none, ...asked }
}

function wholes(...asked: readonly Partial<TransactOperation>[]) {
  return readOperations(
    SHIPPED,
    asked.map((one, index) => readKey(SHIPPED, operation({ at: ['operations', String(index), 'x'], ...one }))),
  )
}

/** Each line's intent as `OPERATION number`, of an order that holds lines 1 to 3; the order itself is left out. */
function lines(...asked: readonly Partial<TransactOperation>[]): readonly string[] {
  const held: HeldParts = () => ['1', '2', '3']
  return recordIntents(wholes(...asked), SHIPPED.partsOf, held)
    .filter(({ map }) => map.parent !== null)
    .map(({ operation, key, refusals }) => {
      const codes = refusals.map(({ code, path }) => ` ${code} ${path?.join('.')}`).join()
      return `${operation} ${key.at(-1)}${codes}`
    })
}

const change = (given: object) => ({ input: { lines: given } })

describe('the lines of an order', () => {
  it.each([
    ['made behind those there are', { create: [{}, {}] }, ['CREATE 4', 'CREATE 5']],
    ['made under numbers of their own', { create: [{ lineNumber: 7 }, {}] }, ['CREATE 7', 'CREATE 8']],
    ['changed and deleted', { update: [{ lineNumber: 2 }], delete: [3] }, ['UPDATE 2', 'DELETE 3']],
    ['made behind one that goes', { create: [{}], delete: [3] }, ['CREATE 4', 'DELETE 3']],
    ['replaced', { replace: [{ lineNumber: 2 }, {}] }, ['UPDATE 2', 'UPDATE 3', 'DELETE 1']],
    ['replaced by none', { replace: [] }, ['DELETE 1', 'DELETE 2', 'DELETE 3']],
  ])('are %s', (_, given, wanted) => {
    expect(lines(change(given))).toEqual(wanted)
  })

  it('go with the order', () => {
    expect(lines({ operation: 'DELETE' })).toEqual(['DELETE 1', 'DELETE 2', 'DELETE 3'])
  })

  it('are all that an upsert brings, and what it does not name goes', () => {
    const input = { company: 'usmf', number: 'SO-1', lines: [{ lineNumber: 3 }] }
    expect(lines({ operation: 'UPSERT', id: null, input })).toEqual(['UPDATE 3', 'DELETE 1', 'DELETE 2'])
  })

  it.each([
    [
      'a number below one',
      { create: [{ lineNumber: 0 }] },
      ['CREATE 0 VALIDATION operations.0.x.input.lines.create.0.lineNumber'],
    ],
    [
      'a number given twice',
      { create: [{ lineNumber: 7 }, { lineNumber: 7 }] },
      ['CREATE 7 VALIDATION operations.0.x.input.lines.create.1.lineNumber'],
    ],
    [
      'a line changed twice',
      { update: [{ lineNumber: 2 }, { lineNumber: 2 }] },
      ['UPDATE 2 VALIDATION operations.0.x.input.lines.update.1.lineNumber'],
    ],
    [
      'a line deleted and made again',
      { delete: [3], create: [{ lineNumber: 3 }] },
      ['CREATE 3 VALIDATION operations.0.x.input.lines.delete.0'],
    ],
    [
      'a line replaced twice',
      { replace: [{ lineNumber: 1 }, { lineNumber: 1 }] },
      ['UPDATE 1 VALIDATION operations.0.x.input.lines.replace.1.lineNumber', 'DELETE 2', 'DELETE 3'],
    ],
  ])('are refused for %s', (_, given, wanted) => {
    expect(lines(change(given))).toEqual(wanted)
  })

  it('are refused where replace does not go alone, whether or not it brings any', () => {
    for (const replace of [[], [{ lineNumber: 2 }]]) {
      const [whole] = wholes(change({ replace, create: [{}] }))
      expect(whole?.refusals.map(({ code, path }) => [code, path?.at(-1)])).toEqual([['VALIDATION', 'replace']])
    }
  })
})

describe('several operations on one order', () => {
  it('see the lines that the earlier ones leave', () => {
    expect(lines(change({ create: [{}] }), change({ create: [{}] }))).toEqual(['CREATE 4', 'CREATE 5'])
    expect(lines(change({ delete: [3] }), change({ create: [{}] }))).toEqual(['DELETE 3', 'CREATE 4'])
    expect(lines(change({ create: [{ lineNumber: 9 }] }), change({ replace: [{ lineNumber: 1 }] }))).toEqual([
      'UPDATE 1',
      'DELETE 2',
      'DELETE 3',
    ])
  })

  it('change a line that an earlier one makes', () => {
    expect(lines(change({ create: [{}] }), change({ update: [{ lineNumber: 4, quantity: '2' }] }))).toEqual([
      'CREATE 4',
    ])
  })

  it('keep every revision that is expected', () => {
    const [order] = recordIntents(wholes({ expectedRevision: 1 }, { expectedRevision: 2 }), SHIPPED.partsOf, () => [])
    expect(order?.expected).toEqual([
      { revision: 1, path: ['operations', '0', 'x', 'expectedRevision'] },
      { revision: 2, path: ['operations', '1', 'x', 'expectedRevision'] },
    ])
  })
})

describe('looking at the lines there are', () => {
  it.each([
    ['a delete', { operation: 'DELETE' }, true],
    ['new lines', change({ create: [{}] }), true],
    ['a whole set, also an empty one', change({ replace: [] }), true],
    ['changes by number', change({ update: [{ lineNumber: 1 }], delete: [2] }), false],
    ['a change of the order alone', { input: { email: 'a@b.example' } }, false],
  ] as const)('is needed for %s: %#', (_, asked, needed) => {
    expect(wholes(asked).map(needsHeldParts)).toEqual([needed])
  })
})

describe('the next numbers', () => {
  it.each([
    [[], 2, ['1', '2']],
    [['4', '2'], 2, ['5', '6']],
    [['2147483647', '2'], 3, ['1', '3', '4']],
    [['2147483646'], 2, ['2147483647', '1']],
  ])('behind %j, %i of them, are %j', (taken, count, wanted) => {
    expect(nextNumbers(taken, count)).toEqual(wanted)
  })
})
