/** Guids that a system fills in by itself, the same whenever the same create is drafted again. */

import { hash } from 'node:crypto'
import type { RecordKey, TransactionId } from '../../../schema/record.ts'

/** An RFC 9562 version 8 UUID from the SHA-256 of table, key and transaction. */
export function generatedGuid(table: string, key: RecordKey, transaction: TransactionId): string {
  const digest = hash('sha256', `${table}|${key}|${transaction}`, 'hex')
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-')
}
