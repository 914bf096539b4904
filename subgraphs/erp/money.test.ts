import fc from 'fast-check'
import { expect, it } from 'vitest'
import { amountOf, hundredths } from './money.ts'

it('counts every amount of up to 16 digits exactly, and writes it as it was', () => {
  const limit = 10n ** 16n - 1n
  fc.assert(
    fc.property(fc.bigInt({ min: -limit, max: limit }), (units) => {
      const digits = String(units < 0n ? -units : units).padStart(3, '0')
      const amount = `${units < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
      expect(hundredths(amount)).toBe(units)
      expect(amountOf(units)).toBe(amount)
    }),
  )
})

it.each([null, undefined, '', '12', '12.5', 'much', 12])('takes %s for no amount', (value) => {
  expect(hundredths(value)).toBeNull()
})
