/** Tells whether two processes speak of the same tables. */

import { createHash } from 'node:crypto'
import type { TableDefinition } from './table.ts'

/** The same for the same definitions, in whatever order tables, columns and properties come. */
export function tablesDigest(tables: readonly TableDefinition[]): string {
  const ordered = tables.toSorted((a, b) => (a.table < b.table ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(ordered, inOrder)).digest('base64url')
}

function inOrder(_name: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
