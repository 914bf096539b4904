import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { column } from '../contract/system.contract.ts'
import { decode, encode } from './columns.ts'

const money = column('money', 'decimal', { precision: 18, scale: 2 })
const whole = column('whole', 'decimal', { precision: 18, scale: 0 })
const level = column('level', 'enum', { values: [1, 20] })
const tags = column('tags', 'json')

const hundredths = fc.bigInt({ min: -999_999_999_999_999_999n, max: 999_999_999_999_999_999n })
const decimal = (value: bigint) => {
  const digits = String(value < 0n ? -value : value).padStart(3, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

describe('A value in a SQLite column', () => {
  it('is a whole number of the last digit for a decimal, however large', () => {
    fc.assert(
      fc.property(hundredths, (value) => {
        expect(encode(money, decimal(value))).toBe(value)
        expect(decode(money, String(value))).toBe(decimal(value))
      }),
    )
    expect(encode(whole, '-12')).toBe(-12n)
    expect(decode(whole, '-12')).toBe('-12')
    expect(encode(money, '7')).toBe(700n)
  })

  it.each([
    [column('yes', 'boolean'), true, 1],
    [column('no', 'boolean'), false, 0],
    [level, 20, 20],
    [column('hold', 'enum', { values: ['No'] }), 'No', 'No'],
    [tags, { a: [1, null] }, '{"a":[1,null]}'],
    [tags, 'text', '"text"'],
    [column('name', 'string'), '', ''],
    [column('day', 'date'), '2024-01-31', '2024-01-31'],
  ] as const)('is kept in its own form: %o, %j as %j', (one, value, stored) => {
    expect(encode(one, value)).toBe(stored)
    expect(decode(one, stored)).toEqual(value)
  })

  it('is NULL where it is empty, whatever its type', () => {
    for (const one of [money, level, tags, column('yes', 'boolean')]) {
      expect(encode(one, null)).toBeNull()
      expect(decode(one, null)).toBeNull()
    }
  })

  it.each([
    [money, '0.001'],
    [money, 5],
    [money, '1e3'],
    [level, '20'],
    [column('name', 'string'), 5],
    [column('yes', 'boolean'), 'true'],
    [column('name', 'string'), ['a']],
  ] as const)('cannot be anything that is not canonical for it: %o, %j', (one, value) => {
    expect(() => encode(one, value)).toThrow(TypeError)
  })
})
