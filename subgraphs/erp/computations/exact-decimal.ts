/** Exact arithmetic with decimals: fractions of whole numbers, so that nothing is lost before the one rounding at the end. */

import type { Value } from '../../../schema/record.ts'

/** The denominator is more than zero. */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

const DECIMAL = /^(-?\d+)(?:\.(\d+))?$/

export function whole(number: bigint): Fraction {
  return { numerator: number, denominator: 1n }
}

/** A canonical decimal; null for an empty one and for what is no decimal (its type is checked elsewhere). */
export function fractionOf(decimal: Value | undefined): Fraction | null {
  const match = typeof decimal === 'string' ? DECIMAL.exec(decimal) : null
  if (match === null) return null
  const [, digits = '0', places = ''] = match
  return { numerator: BigInt(`${digits}${places}`), denominator: 10n ** BigInt(places.length) }
}

export function plus(one: Fraction, other: Fraction): Fraction {
  return {
    numerator: one.numerator * other.denominator + other.numerator * one.denominator,
    denominator: one.denominator * other.denominator,
  }
}

export function minus(one: Fraction, other: Fraction): Fraction {
  return {
    numerator: one.numerator * other.denominator - other.numerator * one.denominator,
    denominator: one.denominator * other.denominator,
  }
}

export function times(one: Fraction, other: Fraction): Fraction {
  return {
    numerator: one.numerator * other.numerator,
    denominator: one.denominator * other.denominator,
  }
}

/** Throws a RangeError for a division by zero. */
export function dividedBy(one: Fraction, other: Fraction): Fraction {
  if (other.numerator === 0n) throw new RangeError('A fraction cannot be divided by zero')
  const sign = other.numerator < 0n ? -1n : 1n
  return {
    numerator: one.numerator * other.denominator * sign,
    denominator: one.denominator * other.numerator * sign,
  }
}

/** The nearest whole number; of two equally near the one further from zero. */
export function rounded({ numerator, denominator }: Fraction): bigint {
  const magnitude = numerator < 0n ? -numerator : numerator
  const nearest = (2n * magnitude + denominator) / (2n * denominator)
  return numerator < 0n ? -nearest : nearest
}
