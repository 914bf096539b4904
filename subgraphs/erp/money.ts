/** Amounts of scale 2, counted in hundredths so that they add up exactly. */

import type { Value } from '../../schema/record.ts'

const CANONICAL_AMOUNT = /^-?\d+\.\d{2}$/

/** A canonical amount of scale 2 in hundredths; null for an empty one and for what is no amount (its type is checked elsewhere). */
export function hundredths(amount: Value | undefined): bigint | null {
  if (typeof amount !== 'string' || !CANONICAL_AMOUNT.test(amount)) return null
  return BigInt(amount.replace('.', ''))
}

/** The canonical amount of scale 2. */
export function amountOf(hundredths: bigint): string {
  const digits = String(hundredths < 0n ? -hundredths : hundredths).padStart(3, '0')
  return `${hundredths < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
