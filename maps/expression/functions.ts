/** The functions of expressions; lengths and positions count Unicode code points. An empty argument gives an empty value. */

import type { Value } from '../../schema/record.ts'
import { isDecimal } from './order.ts'

const SURROGATE = /[\ud800-\udfff]/

/** `start` below 0 counts from the end; a `length` below 0 is 0. */
export function substring(text: Value, start: Value, length: Value): Value {
  if (typeof text !== 'string' || typeof start !== 'number' || typeof length !== 'number') return null
  const points = SURROGATE.test(text) ? Array.from(text) : null
  const size = points?.length ?? text.length
  const from = start < 0 ? Math.max(0, size + start) : start
  const to = from + Math.max(0, length)
  return points === null ? text.slice(from, to) : points.slice(from, to).join('')
}

export function length(text: string): number {
  return SURROGATE.test(text) ? Array.from(text).length : text.length
}

export function contains(text: Value, part: Value): boolean {
  return typeof text === 'string' && typeof part === 'string' && text.includes(part)
}

/** Every occurrence; an empty pattern occurs nowhere. */
export function replace(text: Value, pattern: Value, replacement: Value): Value {
  if (typeof text !== 'string' || typeof pattern !== 'string' || typeof replacement !== 'string') return null
  return pattern === '' ? text : text.replaceAll(pattern, () => replacement)
}

/** The decimal that the text shows, empty where it shows none. */
export function number(text: string): Value {
  const trimmed = text.trim()
  return isDecimal(trimmed) ? trimmed : null
}
