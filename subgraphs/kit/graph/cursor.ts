/**
 * Cursors of a list: the sort values of a record, which stay valid while records come and go. A cursor names the list
 * it was made for and carries a checksum, so that one which was altered or belongs elsewhere is told apart. It is not a
 * secret: whoever forges one gets what a filter could ask for as well.
 */

import { createHash } from 'node:crypto'
import type { Value } from '../../../schema/record.ts'
import type { Column } from '../../../schema/table.ts'
import { canonical } from '../../../schema/value.ts'
import { badArgument } from './bad-argument.ts'

/** Identifies a list: its field, filter and order. */
export function listDigest(...parts: readonly unknown[]): string {
  return digest(parts)
}

/** `values` are those of the order's columns, the key columns last. */
export function encodeCursor(list: string, values: readonly Value[]): string {
  return Buffer.from(JSON.stringify([list, values, digest([list, values])])).toString('base64url')
}

/** The sort values in a cursor of this list. Throws BAD_USER_INPUT for any other text. */
export function decodeCursor(list: string, columns: readonly Column[], cursor: string): readonly Value[] {
  const content = parse(cursor)
  if (content === null || encodeCursor(content.list, content.values) !== cursor) {
    throw badArgument('after', 'This is not a cursor that a list gave: send an `endCursor` or `cursor` unchanged')
  }
  if (content.list !== list) {
    throw badArgument('after', 'This cursor belongs to another list, filter or order: start again without `after`')
  }
  if (!fits(columns, content.values)) {
    throw badArgument('after', 'This cursor does not fit the order of the list: start again without `after`')
  }
  return content.values
}

function parse(cursor: string): { readonly list: string; readonly values: readonly Value[] } | null {
  try {
    const content: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (!Array.isArray(content)) return null
    const [list, values]: readonly unknown[] = content
    return typeof list === 'string' && isValues(values) ? { list, values } : null
  } catch {
    return null
  }
}

/** Sort values are never nested. */
function isValues(values: unknown): values is readonly Value[] {
  return Array.isArray(values) && values.every((value) => value === null || typeof value !== 'object')
}

function fits(columns: readonly Column[], values: readonly Value[]): boolean {
  if (values.length !== columns.length) return false
  return columns.every((column, position) => {
    const value = values[position] ?? null
    const form = canonical(column, value)
    return form.ok && form.value === value
  })
}

function digest(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 16)
}
