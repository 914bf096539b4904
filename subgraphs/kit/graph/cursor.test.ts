import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnOf } from '../../../schema/table.fixture.ts'
import { decodeCursor, encodeCursor, listDigest } from './cursor.ts'

const COLUMNS = [
  columnOf('amount', { type: 'decimal', precision: 16, scale: 2 }),
  columnOf('employees', { type: 'integer' }),
  columnOf('number'),
]
const LIST = listDigest('Query.customers', null, [{ column: 'amount', direction: 'ASC' }])

const refusal = (argument: string) =>
  expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', argumentName: argument } })

describe('a cursor', () => {
  it('gives back the sort values that it was made of', () => {
    const amount = fc.option(fc.integer({ min: 0, max: 10_000 }).map((cents) => `${cents}.00`))
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\u0000'))
    fc.assert(
      fc.property(fc.tuple(amount, fc.option(fc.integer({ min: -2_147_483_647 })), text), (values) => {
        expect(decodeCursor(LIST, COLUMNS, encodeCursor(LIST, values))).toEqual(values)
      }),
    )
  })

  it('is refused when a character of it was changed', () => {
    const cursor = encodeCursor(LIST, ['10.00', 3, 'C-000001'])
    for (let position = 0; position < cursor.length; position += 1) {
      const changed = cursor[position] === 'A' ? 'B' : 'A'
      const tampered = `${cursor.slice(0, position)}${changed}${cursor.slice(position + 1)}`
      expect(() => decodeCursor(LIST, COLUMNS, tampered)).toThrow(refusal('after'))
    }
  })

  it.each(['', 'x', '[]', 'bnVsbA', Buffer.from('[1,2,3]').toString('base64url'), 'é', '\u0000'])(
    'is not %j',
    (text) => {
      expect(() => decodeCursor(LIST, COLUMNS, text)).toThrow('not a cursor that a list gave')
    },
  )

  it('belongs to its list: another filter or order refuses it', () => {
    const other = listDigest('Query.customers', null, [{ column: 'amount', direction: 'DESC' }])
    const cursor = encodeCursor(other, ['10.00', 3, 'C-000001'])
    expect(() => decodeCursor(LIST, COLUMNS, cursor)).toThrow('belongs to another list')
  })

  it.each([
    ['too few values', ['10.00', 3]],
    ['too many values', ['10.00', 3, 'C', 'D']],
    ['a value of another type', [10, 3, 'C-000001']],
    ['a number beyond exact ones', ['10.00', 2 ** 60, 'C-000001']],
    ['a decimal of another scale', ['10', 3, 'C-000001']],
    ['text that no column holds', ['10.00', 3, 'C\u0000']],
  ])('is refused when forged with %s', (_what, values) => {
    expect(() => decodeCursor(LIST, COLUMNS, encodeCursor(LIST, values))).toThrow('does not fit the order')
  })
})
