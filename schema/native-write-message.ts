/** A native write on its way from its system to a gateway, and the outcome on its way back. */

import { z } from 'zod'
import type { LegView, TransactionView, WriteError } from './caller-view.ts'
import { count, instant, origin, path, recordKey, row, system, transactionId, violationCode } from './message-parts.ts'
import type { NativeOutcome, NativeWrite } from './native-write.ts'
import { writeImage } from './participant-answer.ts'

export const nativeWriteMessage: z.ZodType<NativeWrite> = z.strictObject({
  system,
  table: z.string(),
  operation: z.enum(['CREATE', 'UPDATE', 'DELETE']),
  key: recordKey.nullable(),
  set: row,
  parts: z.array(z.strictObject({ table: z.string(), set: row, at: path })),
  actor: z.string().nullable(),
  options: z.strictObject({
    idempotencyKey: z.string().min(1).nullable(),
    expectedRevision: count.nullable(),
    timeoutMs: z.int().min(1).nullable(),
    dryRun: z.boolean(),
  }),
})

const leg: z.ZodType<LegView> = z.strictObject({
  system,
  mode: z.literal('SYNC'),
  state: z.enum(['PREPARED', 'COMMITTED', 'ABORTED', 'UNKNOWN']),
  attempts: count,
  lastError: z.string().nullable(),
  writes: z.array(writeImage),
})

const transaction: z.ZodType<TransactionView> = z.strictObject({
  id: transactionId,
  state: z.enum(['COMMITTED', 'REVERTED', 'PENDING', 'PREPARING', 'COMMITTING', 'REVERTING']),
  origin,
  actor: z.string().nullable(),
  startedAt: instant,
  decidedAt: instant.nullable(),
  completedAt: instant.nullable(),
  subject: z.strictObject({ entity: z.string(), id: z.string() }).nullable(),
  legs: z.array(leg),
})

const error: z.ZodType<WriteError> = z.strictObject({
  code: violationCode.exclude(['FENCED']),
  message: z.string(),
  path,
  system: system.nullable(),
  table: z.string().nullable(),
  column: z.string().nullable(),
  retryable: z.boolean(),
})

export const nativeOutcomeMessage: z.ZodType<NativeOutcome> = z.strictObject({
  key: recordKey.nullable(),
  transaction: transaction.nullable(),
  errors: z.array(error),
})
