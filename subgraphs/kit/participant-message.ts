/** The participant protocol as messages: what a caller may send, checked before a participant sees it. */

import { z } from 'zod'
import type {
  FenceRequest,
  PlanDigest,
  PrepareRequest,
  RecordKey,
  RecordRef,
  Row,
  Selection,
  TransactionId,
  TransactionQuery,
  Version,
  Violation,
  Write,
} from '../../schema/participant.ts'
import { SYSTEMS } from '../../schema/participant.ts'

const branded = <T extends string>() => z.custom<T>((value) => typeof value === 'string' && value.length > 0)

const count = z.int().min(0)
const instant = z.int().min(0)
const system = z.enum(SYSTEMS)
const origin = z.enum(['GRAPH', 'CRM', 'ERP'])
const transactionId = branded<TransactionId>()
const plan = branded<PlanDigest>()
const recordKey = branded<RecordKey>()
const row: z.ZodType<Row> = z.record(z.string(), z.json())
const version: z.ZodType<Version> = z.strictObject({ revision: count, transaction: transactionId.nullable() })

const at = z.array(z.string()).exactOptional()
const position = { table: z.string(), key: recordKey, base: version, revision: count, at }
const write: z.ZodType<Write> = z.discriminatedUnion('operation', [
  z.strictObject({ operation: z.literal('CREATE'), ...position, set: row }),
  z.strictObject({ operation: z.literal('UPDATE'), ...position, localBase: count.exactOptional(), set: row }),
  z.strictObject({ operation: z.literal('DELETE'), ...position, localBase: count.exactOptional() }),
])

const violation: z.ZodType<Violation> = z.strictObject({
  code: z.enum([
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
  ]),
  message: z.string(),
  system: system.nullable(),
  write: count.nullable(),
  table: z.string().nullable(),
  column: z.string().nullable(),
  path: z.array(z.string()).nullable(),
  retryable: z.boolean(),
})

const prepareRequest: z.ZodType<PrepareRequest> = z.strictObject({
  id: transactionId,
  plan,
  participants: z.array(system).min(1),
  mapSet: z.string(),
  origin,
  actor: z.string().nullable(),
  startedAt: instant,
  age: z.strictObject({ at: instant, id: transactionId }),
  deadline: instant,
  idempotency: z.strictObject({ key: z.string(), digest: z.string(), attempt: count }).nullable(),
  subject: z.strictObject({ entity: z.string(), id: z.string() }).nullable(),
  writes: z.array(write),
  refusals: z.array(violation),
})

const fenceRequest: z.ZodType<FenceRequest> = z.strictObject({
  id: transactionId,
  plan,
  participants: z.array(system).min(1),
})

const query: z.ZodType<TransactionQuery> = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('ID'), id: transactionId }),
  z.strictObject({ by: z.literal('IDEMPOTENCY_KEY'), key: z.string() }),
  z.strictObject({ by: z.literal('IN_DOUBT'), deadlineBefore: instant }),
  z.strictObject({
    by: z.literal('RECENT'),
    states: z.array(z.enum(['PREPARED', 'COMMITTED', 'ABORTED'])).nullable(),
    origins: z.array(origin).nullable(),
    subject: z.string().nullable(),
    after: z.strictObject({ startedAt: instant, id: transactionId }).nullable(),
    limit: z.int().min(1).max(10_000),
  }),
])

const ref: z.ZodType<RecordRef> = z.strictObject({ table: z.string(), key: recordKey })
const selection: z.ZodType<Selection> = z.strictObject({ table: z.string(), where: row })
const draw = z.strictObject({ sequence: z.string().min(1), count: z.int().min(1).max(1_000_000) })

/** One call of the protocol. `arguments` is the vector, or the one argument of `look`; `describe` has none. */
export const participantCall = z.discriminatedUnion('call', [
  z.strictObject({ call: z.literal('prepare'), arguments: z.array(prepareRequest) }),
  z.strictObject({ call: z.literal('commit'), arguments: z.array(transactionId) }),
  z.strictObject({ call: z.literal('abort'), arguments: z.array(transactionId) }),
  z.strictObject({ call: z.literal('fence'), arguments: z.array(fenceRequest) }),
  z.strictObject({ call: z.literal('check'), arguments: z.array(prepareRequest) }),
  z.strictObject({ call: z.literal('look'), arguments: query }),
  z.strictObject({ call: z.literal('read'), arguments: z.array(ref) }),
  z.strictObject({ call: z.literal('select'), arguments: z.array(selection) }),
  z.strictObject({ call: z.literal('derive'), arguments: z.array(prepareRequest) }),
  z.strictObject({ call: z.literal('draw'), arguments: z.array(draw) }),
  z.strictObject({ call: z.literal('describe') }),
])

export type ParticipantCall = z.infer<typeof participantCall>
