/** What a participant's answers must look like before a caller in another process believes them. */

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
  Derivation,
  FenceAnswer,
  LeftOut,
  SelectedRecord,
  SystemDescription,
  TransactionRow,
  Violation,
  Vote,
  WriteImage,
} from './participant.ts'
import type { RecordState } from './record.ts'
import type { Column, TableDefinition } from './table.ts'

const violations = z.array(violation)

const leftOut: z.ZodType<LeftOut> = z.strictObject({ members, violations })

const vote: z.ZodType<Vote> = z.discriminatedUnion('vote', [
  z.strictObject({
    vote: z.literal('YES'),
    state: z.enum(['PREPARED', 'COMMITTED']),
    leftOut: leftOut.exactOptional(),
  }),
  z.strictObject({ vote: z.literal('NO'), violations }),
  z.strictObject({ vote: z.literal('FOREIGN') }),
])

const fenceAnswer: z.ZodType<FenceAnswer> = z.discriminatedUnion('state', [
  z.strictObject({ state: z.enum(['PREPARED', 'COMMITTED']), leftOut: leftOut.exactOptional() }),
  z.strictObject({ state: z.literal('ABORTED'), violations }),
  z.strictObject({ state: z.literal('FOREIGN') }),
])

/** A write with the record's images, as rows of transactions and what callers read of them hold it. */
export const writeImage: z.ZodType<WriteImage> = z.strictObject({
  operation: z.enum(['CREATE', 'UPDATE', 'DELETE']),
  table: z.string(),
  key: recordKey,
  before: row.nullable(),
  after: row.nullable(),
  base: version,
  revision: count,
  at: path.exactOptional(),
  member: count.exactOptional(),
})

const transactionRow: z.ZodType<TransactionRow> = z.strictObject({
  id: transactionId,
  plan,
  participants: z.array(system),
  state: z.enum(['PREPARED', 'COMMITTED', 'ABORTED']),
  mapSet: z.string(),
  origin,
  actor: z.string().nullable(),
  startedAt: instant,
  decidedAt: instant,
  completedAt: instant.nullable(),
  deadline: instant,
  age: z.strictObject({ at: instant, id: transactionId }),
  idempotency: z.strictObject({ key: z.string(), digest: z.string(), attempt: count }).nullable(),
  subject: z.strictObject({ entity: z.string(), id: z.string() }).nullable(),
  writes: z.array(writeImage),
  violations,
  sequence: count.nullable(),
  members: memberCount.exactOptional(),
  leftOut: members.exactOptional(),
})

const recordState: z.ZodType<RecordState> = z.strictObject({
  version,
  row: row.nullable(),
  localVersion: count,
  updatedAt: instant.nullable(),
})

const selected: z.ZodType<SelectedRecord> = z.strictObject({ key: recordKey, state: recordState })
const derivation: z.ZodType<Derivation> = z.strictObject({ table: z.string(), key: recordKey, set: row })

const column: z.ZodType<Column> = z
  .strictObject({
    name: z.string(),
    type: z.enum(['string', 'integer', 'decimal', 'boolean', 'date', 'dateTime', 'guid', 'enum', 'json']),
    description: z.string().nullable(),
    maxLength: count.nullable(),
    precision: count.nullable(),
    scale: count.nullable(),
    required: z.boolean(),
    immutable: z.boolean(),
    generated: z.boolean(),
    computed: z.boolean(),
    default: z.json().optional(),
    values: z.array(z.union([z.string(), z.int()])).nullable(),
    references: z.array(
      z.strictObject({
        table: z.string(),
        when: z.strictObject({ column: z.string(), value: z.union([z.string(), z.int()]) }).nullable(),
      }),
    ),
  })
  // JSON leaves out a default that is not there.
  .transform((given) => ({ ...given, default: given.default }))

const table: z.ZodType<TableDefinition> = z.strictObject({
  system,
  table: z.string(),
  description: z.string().nullable(),
  scope: z.enum(['company', 'global']),
  company: z.string().nullable(),
  key: z.array(z.string()),
  unique: z.array(z.array(z.string())),
  indexed: z.array(z.array(z.string())),
  partOf: z.string().nullable(),
  columns: z.record(z.string(), column),
  rules: z.array(z.string()),
  computations: z.array(z.string()),
})

const description: z.ZodType<SystemDescription> = z.strictObject({ system, tables: z.array(table), digest: z.string() })

/** By call: what it is answered with for one element of its vector, or for all of it where it has one answer. */
export interface Answers {
  readonly prepare: Vote
  readonly commit: null
  readonly abort: null
  readonly fence: FenceAnswer
  readonly check: readonly Violation[]
  readonly look: readonly TransactionRow[]
  readonly read: readonly RecordState[]
  readonly select: readonly (readonly SelectedRecord[])[]
  readonly derive: readonly Derivation[]
  readonly draw: number
  readonly describe: SystemDescription
}

export const ANSWERS: { readonly [Call in keyof Answers]: z.ZodType<Answers[Call]> } = {
  prepare: vote,
  commit: z.null(),
  abort: z.null(),
  fence: fenceAnswer,
  check: violations,
  look: z.array(transactionRow),
  read: z.array(recordState),
  select: z.array(z.array(selected)),
  derive: z.array(derivation),
  draw: count,
  describe: description,
}

/** One line of an answer: which element of the vector it is about, and what the participant said, if it did. */
export const answerLine = z.union([
  z.strictObject({ index: count, ok: z.unknown() }),
  z.strictObject({ index: count, error: z.literal('NO_ANSWER') }),
])
