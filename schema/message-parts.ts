/** What the messages between processes of Lockstep are made of. */

import { z } from 'zod'
import { ORIGINS, type PlanDigest, type Violation } from './participant.ts'
import { type RecordKey, type Row, SYSTEMS, type TransactionId, type Version } from './record.ts'

/** More in one batch would hold up a system's other writers for too long. */
const MEMBERS_MAX = 10_000

const branded = <T extends string>() => z.custom<T>((value) => typeof value === 'string' && value.length > 0)

export const count = z.int().min(0)
export const instant = z.int().min(0)
export const system = z.enum(SYSTEMS)
export const origin = z.enum(ORIGINS)
export const transactionId = branded<TransactionId>()
export const plan = branded<PlanDigest>()
export const recordKey = branded<RecordKey>()
export const row: z.ZodType<Row> = z.record(z.string(), z.json())
export const version: z.ZodType<Version> = z.strictObject({ revision: count, transaction: transactionId.nullable() })

/** How many members a batch has, and some of them by index. */
export const memberCount = z.int().min(1).max(MEMBERS_MAX)
export const members = z.array(count).max(MEMBERS_MAX)

/** Where the caller's arguments speak of a record. */
export const path = z.array(z.string())

export const violationCode = z.enum([
  'VALIDATION',
  'REQUIRED',
  'DUPLICATE',
  'NOT_FOUND',
  'REFERENCE',
  'CONFLICT',
  'LOCKED',
  'STALE',
  'RULE',
  'READ_ONLY',
  'IDEMPOTENCY_MISMATCH',
  'SYSTEM_UNAVAILABLE',
  'TIMEOUT',
  'UNMAPPED',
  'PENDING_SYNC',
  'OVERLOADED',
  'FENCED',
])

export const violation: z.ZodType<Violation> = z.strictObject({
  code: violationCode,
  message: z.string(),
  system: system.nullable(),
  write: count.nullable(),
  table: z.string().nullable(),
  column: z.string().nullable(),
  path: path.nullable(),
  retryable: z.boolean(),
  member: count.exactOptional(),
})
