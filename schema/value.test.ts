import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnOf } from './table.fixture.ts'
import { canonical } from './value.ts'

const money = columnOf('Amount', { type: 'decimal', precision: 16, scale: 2 })

describe('canonical values', () => {
  it.each([
    ['12', '12.00'],
    ['12.5', '12.50'],
    ['-0', '0.00'],
    ['-0.00', '0.00'],
    ['007.10', '7.10'],
    ['+3', '3.00'],
    ['12.500', '12.50'],
    ['99999999999999.99', '99999999999999.99'],
  ])('decimal %s is kept as %s', (given, kept) => {
    expect(canonical(money, given)).toEqual({ ok: true, value: kept })
  })

  it.each(['1.234', '100000000000000', '1e3', '', '.5', '5.', ' 1', 'NaN', '１'])('decimal %j is refused', (given) => {
    expect(canonical(money, given).ok).toBe(false)
  })

  it('refuses a decimal given as a number, which may have lost cents already', () => {
    expect(canonical(money, 12.5)).toEqual({
      ok: false,
      message: 'Amount must be a decimal number written as text, for example "12.50"',
    })
  })

  it.each([
    ['2024-02-29', true],
    ['2023-02-29', false],
    ['2024-13-01', false],
    ['0001-01-01', true],
    ['2024-1-1', false],
  ])('date %s is a date: %s', (given, isDate) => {
    expect(canonical(columnOf('Amount', { type: 'date' }), given).ok).toBe(isDate)
  })

  it('keeps instants in UTC with milliseconds', () => {
    expect(canonical(columnOf('Amount', { type: 'dateTime' }), '2024-05-31T14:00:00+02:00')).toEqual({
      ok: true,
      value: '2024-05-31T12:00:00.000Z',
    })
    expect(canonical(columnOf('Amount', { type: 'dateTime' }), '2024-05-31T14:00:00').ok).toBe(false)
  })

  it('counts characters, not UTF-16 units', () => {
    expect(canonical(columnOf('Amount', { maxLength: 2 }), '😀😀').ok).toBe(true)
    expect(canonical(columnOf('Amount', { maxLength: 2 }), '😀😀😀')).toEqual({
      ok: false,
      message: 'Amount takes at most 2 characters, and this has 3',
    })
  })

  it('refuses text that no store keeps as it is', () => {
    expect(canonical(columnOf('Amount', {}), 'a\u0000b').ok).toBe(false)
    expect(canonical(columnOf('Amount', {}), '\ud800').ok).toBe(false)
  })

  it('tells enum names from numbers', () => {
    expect(canonical(columnOf('Amount', { type: 'enum', values: [1, 2] }), '1').ok).toBe(false)
    expect(canonical(columnOf('Amount', { type: 'enum', values: [1, 2] }), 2).ok).toBe(true)
  })

  it('leaves a canonical decimal alone', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 16n) + 1n, max: 10n ** 16n - 1n }), (cents) => {
        const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0')
        const text = `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
        expect(canonical(money, text)).toEqual({ ok: true, value: text })
      }),
    )
  })
})
