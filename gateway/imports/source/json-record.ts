/** What a JSON row may be: an object of bounded size, and of numbers that JSON keeps to the digit. */

import type { RecordObject, RowFault, SourceLimits } from './source.ts'

export type CheckedRecord =
  | { readonly ok: true; readonly record: RecordObject }
  | { readonly ok: false; readonly fault: RowFault }

/** `text` is the row as written; null where there is none, and numbers are as they are. */
export function checkedRecord(value: unknown, text: string | null, limits: SourceLimits): CheckedRecord {
  if (!isObject(value)) return refused('NOT_AN_OBJECT', 'The row is not a JSON object: it needs names for its values.')
  const size = sizeOf(value, limits)
  if (size !== null) return { ok: false, fault: size }
  const inexact = text === null ? null : inexactNumber(text)
  if (inexact === null) return { ok: true, record: value }
  return refused('INEXACT_NUMBER', `JSON numbers do not keep the digits of ${inexact}. Put it in quotes.`)
}

function isObject(value: unknown): value is RecordObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Level by level, so that no depth runs out of stack. */
function sizeOf(record: object, { depthMax, keysMax }: SourceLimits): RowFault | null {
  let keys = 0
  let level = [record]
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > depthMax) return { code: 'TOO_DEEP', message: `The row is nested deeper than ${depthMax} levels.` }
    const values: readonly unknown[] = level.flatMap((container) => Object.values(container))
    keys += values.length
    if (keys > keysMax) return { code: 'TOO_MANY_KEYS', message: `The row has more than ${keysMax} values.` }
    level = values.filter((value): value is object => typeof value === 'object' && value !== null)
  }
  return null
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const MANY_DIGITS = /\d[\d.]{15}|\d[eE]/

/** The first number, as written, whose value is another one once it is read; the text is valid JSON. */
function inexactNumber(text: string): string | null {
  if (!MANY_DIGITS.test(text)) return null
  for (const [token] of text.matchAll(STRING_OR_NUMBER)) {
    if (!token.startsWith('"') && digitsOf(token) !== digitsOf(String(Number(token)))) return token
  }
  return null
}

/** Two numbers are the same if these are. */
function digitsOf(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? []
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return '0'
  const significant = digits.replace(/0+$/, '')
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`
}

function refused(code: RowFault['code'], message: string): CheckedRecord {
  return { ok: false, fault: { code, message } }
}
