/**
 * The participant protocol as messages: what a caller may send, checked before a participant sees it. What comes back is
 * in `participant-answer.ts`.
 */

import { z } from 'zod'
import {
  count,
  instant,
  memberCount,
  members,
  origin,
  path,
  plan,
  recordKey,
  row,
  system,
  transactionId,
  version,
  violation,
} from './message-parts.ts'
import type {
  CommitRequest,
  DeriveRequest,
  FenceRequest,
  PrepareRequest,
  Selection,
  TransactionQuery,
  Write,
} from './participant.ts'
import type { RecordRef } from './record.ts'

const position = {
  ...{ table: z.string(), key: recordKey, base: version, revision: count },
  ...{ at: path.exactOptional(), member: count.exactOptional() },
}
const write: z.ZodType<Write> = z.discriminatedUnion('operation', [
  z.strictObject({ operation: z.literal('CREATE'), ...position, set: row }),
  z.strictObject({ operation: z.literal('UPDATE'), ...position, localBase: count.exactOptional(), set: row }),
  z.strictObject({ operation: z.literal('DELETE'), ...position, localBase: count.exactOptional() }),
  z.strictObject({ operation: z.literal('CHECK'), ...position }),
])

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
  members: memberCount.exactOptional(),
})

const commitRequest: z.ZodType<CommitRequest> = z.strictObject({ id: transactionId, leftOut: members })

const fenceRequest: z.ZodType<FenceRequest> = z.strictObject({
  id: transactionId,
  plan,
  participants: z.array(system).min(1),
})

/** Whole requests may be asked about, too. */
const deriveRequest: z.ZodType<DeriveRequest> = z.object({ id: transactionId, writes: z.array(write) })

const limit = z.int().min(1).max(10_000)

const query: z.ZodType<TransactionQuery> = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('ID'), id: transactionId }),
  z.strictObject({ by: z.literal('IDEMPOTENCY_KEY'), key: z.string() }),
  z.strictObject({ by: z.literal('IN_DOUBT'), deadlineBefore: instant }),
  z.strictObject({ by: z.literal('COMMITTED_AFTER'), sequence: count, limit, bytesMax: z.int().min(1) }),
  z.strictObject({ by: z.literal('LAST_COMMITTED') }),
  z.strictObject({
    by: z.literal('RECENT'),
    states: z.array(z.enum(['PREPARED', 'COMMITTED', 'ABORTED'])).nullable(),
    origins: z.array(origin).nullable(),
    subject: z.string().nullable(),
    after: z.strictObject({ startedAt: instant, id: transactionId }).nullable(),
    limit,
  }),
])

const ref: z.ZodType<RecordRef> = z.strictObject({ table: z.string(), key: recordKey })
const selection: z.ZodType<Selection> = z.strictObject({ table: z.string(), where: row })
const draw = z.strictObject({ sequence: z.string().min(1), count: z.int().min(1).max(1_000_000) })

/** One call of the protocol. `arguments` is the vector, or the one argument of `look`; `describe` has none. */
export const participantCall = z.discriminatedUnion('call', [
  z.strictObject({ call: z.literal('prepare'), arguments: z.array(prepareRequest) }),
  z.strictObject({ call: z.literal('commit'), arguments: z.array(commitRequest) }),
  z.strictObject({ call: z.literal('abort'), arguments: z.array(transactionId) }),
  z.strictObject({ call: z.literal('fence'), arguments: z.array(fenceRequest) }),
  z.strictObject({ call: z.literal('check'), arguments: z.array(prepareRequest) }),
  z.strictObject({ call: z.literal('look'), arguments: query }),
  z.strictObject({ call: z.literal('read'), arguments: z.array(ref) }),
  z.strictObject({ call: z.literal('select'), arguments: z.array(selection) }),
  z.strictObject({ call: z.literal('derive'), arguments: z.array(deriveRequest) }),
  z.strictObject({ call: z.literal('draw'), arguments: z.array(draw) }),
  z.strictObject({ call: z.literal('describe') }),
])

export type ParticipantCall = z.infer<typeof participantCall>

/** Names the header in which a caller says the digest of the tables that it was built for. */
export const TABLES_HEADER = 'lockstep-tables'

/** Calls that speak of tables and columns; the others are about whole transactions, whatever is in them. */
export const CALLS_ABOUT_TABLES: ReadonlySet<ParticipantCall['call']> = new Set([
  'prepare',
  'check',
  'read',
  'select',
  'derive',
])
