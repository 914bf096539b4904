/** The step that amounts of a currency are rounded to, in hundredths, which is what amounts are counted in. */

import type { Row, Value } from '../../../schema/record.ts'
import { fractionOf } from './exact-decimal.ts'

const AMOUNT_PLACES = 2

/**
 * The smallest step that keeps to the currency's own step and to its decimal places alike. What amounts of two decimal
 * places cannot keep to, and a currency that is not there, count as one hundredth.
 */
export function roundingStepOf(currency: Row | null): bigint {
  const step = stepInHundredths(currency?.['RoundingRuleGeneral']) ?? 1n
  const places = placesOfAmounts(currency?.['DecimalPlaces']) ?? AMOUNT_PLACES
  return leastCommonMultiple(step, 10n ** BigInt(AMOUNT_PLACES - places))
}

/** Null where it is empty, not above zero, or finer than a hundredth in any part. */
export function stepInHundredths(step: Value | undefined): bigint | null {
  const fraction = fractionOf(step)
  if (fraction === null || fraction.numerator <= 0n) return null
  const hundredths = fraction.numerator * 100n
  return hundredths % fraction.denominator === 0n ? hundredths / fraction.denominator : null
}

/** Null where they are empty, or more or fewer than amounts can have. */
export function placesOfAmounts(places: Value | undefined): number | null {
  return typeof places === 'number' && places >= 0 && places <= AMOUNT_PLACES ? places : null
}

function leastCommonMultiple(one: bigint, other: bigint): bigint {
  return (one / greatestCommonDivisor(one, other)) * other
}

function greatestCommonDivisor(one: bigint, other: bigint): bigint {
  return other === 0n ? one : greatestCommonDivisor(other, one % other)
}
