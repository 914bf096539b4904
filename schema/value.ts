/** Native values in the one form that both systems, the graph and every store agree on. */

import type { Value } from './record.ts'
import type { Column } from './table.ts'

export type Canonical = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly message: string }

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const JSON_DEPTH_MAX = 64
/** What GraphQL's Int holds on both sides of zero. */
const INTEGER_MAX = 2_147_483_647

/**
 * A native value as its column keeps it: decimals padded to the scale, guids in lower case, instants in UTC with
 * milliseconds. Null is canonical for every column; whether it may be empty is judged elsewhere.
 */
export function canonical(column: Column, value: Value): Canonical {
  if (value === null) return accepted(null)
  switch (column.type) {
    case 'string':
      return canonicalText(column, value)
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= INTEGER_MAX
        ? accepted(value)
        : refused(`${column.name} must be a whole number between -${INTEGER_MAX} and ${INTEGER_MAX}`)
    case 'decimal':
      return canonicalDecimal(column, value)
    case 'boolean':
      return typeof value === 'boolean' ? accepted(value) : refused(`${column.name} must be true or false`)
    case 'date':
      return typeof value === 'string' && isDate(value)
        ? accepted(value)
        : refused(`${column.name} must be a date written YYYY-MM-DD`)
    case 'dateTime':
      return canonicalInstant(column, value)
    case 'guid':
      return typeof value === 'string' && GUID.test(value.toLowerCase())
        ? accepted(value.toLowerCase())
        : refused(`${column.name} must be a guid`)
    case 'enum':
      return (typeof value === 'string' || typeof value === 'number') && column.values?.includes(value) === true
        ? accepted(value)
        : refused(`${column.name} must be one of ${shortened(column.values ?? [])}`)
    case 'json':
      return depthOf(value) <= JSON_DEPTH_MAX
        ? accepted(value)
        : refused(`${column.name} nests deeper than ${JSON_DEPTH_MAX} levels`)
  }
}

function canonicalText(column: Column, value: Value): Canonical {
  if (typeof value !== 'string') return refused(`${column.name} must be text`)
  if (value.includes('\u0000')) return refused(`${column.name} holds a NUL character`)
  if (!value.isWellFormed()) return refused(`${column.name} is not well-formed Unicode`)
  if (column.maxLength !== null && value.length > column.maxLength) {
    const length = codePoints(value)
    if (length > column.maxLength) {
      return refused(`${column.name} takes at most ${column.maxLength} characters, and this has ${length}`)
    }
  }
  return accepted(value)
}

function canonicalDecimal(column: Column, value: Value): Canonical {
  const match = typeof value === 'string' ? DECIMAL.exec(value) : null
  if (match === null) return refused(`${column.name} must be a decimal number written as text, for example "12.50"`)
  const precision = column.precision ?? 18
  const scale = column.scale ?? 0
  const [, sign = '', whole = '0', fraction = ''] = match
  const digits = whole.replace(/^0+(?=\d)/, '')
  const significant = fraction.replace(/0+$/, '')
  if (significant.length > scale) {
    return refused(`${column.name} takes at most ${scale} decimal places`)
  }
  if (digits !== '0' && digits.length > precision - scale) {
    return refused(`${column.name} takes at most ${precision - scale} digits before the point`)
  }
  const isZero = digits === '0' && significant === ''
  const text = scale === 0 ? digits : `${digits}.${significant.padEnd(scale, '0')}`
  return accepted(sign === '-' && !isZero ? `-${text}` : text)
}

function canonicalInstant(column: Column, value: Value): Canonical {
  const time =
    typeof value === 'string' && INSTANT.test(value) && isDate(value.slice(0, 10)) ? Date.parse(value) : Number.NaN
  return Number.isNaN(time)
    ? refused(`${column.name} must be an instant written as ISO 8601 with a zone, for example 2024-05-31T12:00:00Z`)
    : accepted(new Date(time).toISOString())
}

function isDate(text: string): boolean {
  const match = DATE.exec(text)
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const date = new Date(Date.UTC(year, month - 1, day))
  date.setUTCFullYear(year)
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

function depthOf(value: Value): number {
  if (value === null || typeof value !== 'object') return 0
  let deepest = 0
  for (const item of Array.isArray(value) ? value : Object.values(value)) deepest = Math.max(deepest, depthOf(item))
  return deepest + 1
}

function shortened(values: readonly (string | number)[]): string {
  return values.length <= 12 ? values.join(', ') : `${values.slice(0, 12).join(', ')} and ${values.length - 12} more`
}

function accepted(value: Value): Canonical {
  return { ok: true, value }
}

function refused(message: string): Canonical {
  return { ok: false, message }
}
