/** What one column can hold and another cannot. */

import type { Column } from '../../schema/table.ts'

/** How much more the first column holds than the second, in words; null where it does not. */
export function excess(from: Column, to: Column): string | null {
  if (from.type === 'decimal') {
    const [whole, places] = [digitsBeforePoint(from), from.scale ?? 0]
    const [wholeMax, placesMax] = [digitsBeforePoint(to), to.scale ?? 0]
    if (places > placesMax) return `${places} decimal places, ${to.name} ${placesMax}`
    return whole > wholeMax ? `${whole} digits before the point, ${to.name} ${wholeMax}` : null
  }
  if (from.type !== 'string' || to.maxLength === null) return null
  if (from.maxLength === null) return `any length, ${to.name} ${to.maxLength} characters`
  return from.maxLength > to.maxLength ? `${from.maxLength} characters, ${to.name} ${to.maxLength}` : null
}

function digitsBeforePoint({ precision, scale }: Column): number {
  return (precision ?? 18) - (scale ?? 0)
}
