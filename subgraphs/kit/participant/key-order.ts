/** The order of native values: empty first, then numbers by value and text by Unicode code point. */

import type { Row, Value } from '../../../schema/record.ts'

/** Compares two rows of one table by these columns: negative, zero or positive. */
export function compareRows(columns: readonly string[], one: Row, other: Row): number {
  for (const column of columns) {
    const order = compareValues(one[column] ?? null, other[column] ?? null)
    if (order !== 0) return order
  }
  return 0
}

export function compareValues(one: Value, other: Value): number {
  if (one === other) return 0
  if (one === null) return -1
  if (other === null) return 1
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return compareText(String(one), String(other))
}

/** By code point, where `<` compares UTF-16 units and puts U+1F600 before U+FF5E. */
export function compareText(one: string, other: string): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [one.charCodeAt(at), other.charCodeAt(at)]
    if (left !== right) return rank(left) - rank(right)
  }
  return one.length - other.length
}

/** A UTF-16 unit moved so that surrogates sort above all others. */
function rank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800
  return unit >= 0xd800 ? unit + 0x2000 : unit
}
