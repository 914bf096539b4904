/** Transactions, their legs and the reasons of a refusal, as the public API shows them. */

import 'reflect-metadata'
import { Directive, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import type { LegView, Origin, Row, System, TransactionState, WriteError } from '../../../schema/participant.ts'
import { SCALARS } from '../../../schema/scalars.ts'

type Named<Name extends string> = Readonly<Record<Name, { readonly description: string }>>

/** Makes an enum out of the descriptions of its values, and gives the object that stands for it in decorators. */
function declareEnum<Name extends string>(name: string, description: string, values: Named<Name>): Record<string, string> {
  const names = Object.fromEntries(Object.keys(values).map((value) => [value, value]))
  registerEnumType(names, { name, description, valuesConfig: values })
  return names
}

const SystemEnum = declareEnum<System>('System', 'One of the two systems that are kept in step.', {
  CRM: { description: 'The system of customer relations.' },
  ERP: { description: 'The system of enterprise resources.' },
})

const OriginEnum = declareEnum<Origin>('Origin', 'Where a write came from.', {
  GRAPH: { description: 'A mutation of this graph.' },
  CRM: { description: "The CRM's native API." },
  ERP: { description: "The ERP's native API." },
})

const TransactionStateEnum = declareEnum<TransactionState>('TransactionState', 'How far a transaction is.', {
  COMMITTED: { description: 'In effect in every system that it concerns.' },
  REVERTED: { description: 'Nothing happened anywhere; no other state says so.' },
  PENDING: { description: 'In effect in one system, and queued for the other.' },
  PREPARING: { description: 'Not decided yet, as far as is known.' },
  COMMITTING: { description: 'Decided for good, and being applied.' },
  REVERTING: { description: 'Refused for good, and being cleared away.' },
})

const LegModeEnum = declareEnum<'SYNC' | 'QUEUED'>('LegMode', 'How a leg reaches its system.', {
  SYNC: { description: 'Decided together with the other legs.' },
  QUEUED: { description: 'Applied later, in its turn.' },
})

const LegStateEnum = declareEnum<LegView['state']>('LegState', 'What a system says of its leg.', {
  PREPARED: { description: 'Promised: it can be committed, and nothing shows yet.' },
  COMMITTED: { description: 'In effect.' },
  ABORTED: { description: 'Refused or given up; it left no effect.' },
  UNKNOWN: { description: 'The system did not answer, or has not heard of the transaction.' },
})

const WriteOperationEnum = declareEnum<'CREATE' | 'UPDATE' | 'DELETE'>('WriteOperation', 'What a write does.', {
  CREATE: { description: 'Adds a record.' },
  UPDATE: { description: 'Changes a record.' },
  DELETE: { description: 'Removes a record.' },
})

const WriteErrorCodeEnum = declareEnum<WriteError['code']>('WriteErrorCode', 'Why a write was refused.', {
  VALIDATION: { description: 'A value does not fit its field.' },
  REQUIRED: { description: 'A value is missing.' },
  DUPLICATE: { description: 'Another record has the key or a value that must be unique.' },
  NOT_FOUND: { description: 'There is no such record.' },
  REFERENCE: { description: 'A record referred to does not exist, or one is still referred to.' },
  CONFLICT: { description: 'The systems hold different versions of the record.' },
  LOCKED: { description: 'Another transaction holds the record.' },
  STALE: { description: 'The record has changed since it was read.' },
  RULE: { description: 'A business rule forbids it.' },
  READ_ONLY: { description: 'The field is not written from here.' },
  IDEMPOTENCY_MISMATCH: { description: 'The idempotency key belongs to another request.' },
  SYSTEM_UNAVAILABLE: { description: 'A system that must be asked does not answer.' },
  TIMEOUT: { description: 'No outcome in time; it is not known whether the write takes effect.' },
  UNMAPPED: { description: 'No map covers what was to be written.' },
  PENDING_SYNC: { description: 'Earlier writes to the record are still queued.' },
  OVERLOADED: { description: 'Too much is going on at once.' },
})

@ObjectType('LegWrite', { description: 'The change of one record in one system, in that system’s own terms.' })
export class LegWriteObject {
  @Field(() => WriteOperationEnum, { description: 'What the write does.' })
  readonly operation!: string

  @Field(() => String, { description: 'Native table.' })
  readonly table!: string

  @Field(() => [String], { description: 'Values of the native key columns, in key order.' })
  readonly key!: readonly string[]

  @Field(() => SCALARS.JSON, { nullable: true, description: 'The record before the write; null where it did not exist.' })
  readonly before!: Row | null

  @Field(() => SCALARS.JSON, { nullable: true, description: 'The record after the write; null where it does not exist.' })
  readonly after!: Row | null

  @Field(() => Int, { description: 'Revision of the record that the write was planned on.' })
  readonly baseRevision!: number

  @Field(() => Int, { description: 'Revision of the record after the write.' })
  readonly revision!: number
}

@ObjectType('Leg', { description: 'The part of a transaction that falls to one system.' })
export class LegObject {
  @Field(() => SystemEnum, { description: 'The system.' })
  readonly system!: string

  @Field(() => LegModeEnum, { description: 'How the leg reaches its system.' })
  readonly mode!: string

  @Field(() => LegStateEnum, { description: 'What the system says of it.' })
  readonly state!: string

  @Field(() => Int, { description: 'How often it was tried.' })
  readonly attempts!: number

  @Field(() => String, { nullable: true, description: 'Why the last try failed; null where none did.' })
  readonly lastError!: string | null

  @Field(() => [LegWriteObject], { description: 'The records that it changes.' })
  readonly writes!: readonly LegWriteObject[]
}

@ObjectType('Transaction', { description: 'One atomic write, of one or more records, to one or more systems.' })
export class TransactionObject {
  @Field(() => ID, { description: 'Names the transaction in both systems, in logs and in answers.' })
  readonly id!: string

  @Field(() => TransactionStateEnum, { description: 'How far it is.' })
  readonly state!: string

  @Field(() => OriginEnum, { description: 'Where the write came from.' })
  readonly origin!: string

  @Field(() => String, { nullable: true, description: 'Who asked for it, as far as is known.' })
  readonly actor!: string | null

  @Field(() => SCALARS.DateTime, { description: 'When it was begun.' })
  readonly startedAt!: string

  @Field(() => SCALARS.DateTime, { nullable: true, description: 'When its outcome was decided; null until then.' })
  readonly decidedAt!: string | null

  @Field(() => SCALARS.DateTime, { nullable: true, description: 'When its outcome was applied everywhere; null until then.' })
  readonly completedAt!: string | null

  @Field(() => [LegObject], { description: 'Its parts, one for each system that it concerns.' })
  readonly legs!: readonly LegObject[]
}

@ObjectType('WriteError', { description: 'One reason why a write was refused.' })
export class WriteErrorObject {
  @Field(() => WriteErrorCodeEnum, { description: 'Kind of the reason.' })
  readonly code!: string

  @Field(() => String, { description: 'The reason in words.' })
  readonly message!: string

  @Field(() => [String], { description: 'Path into the arguments of the mutation, for example ["input", "name"].' })
  readonly path!: readonly string[]

  @Field(() => SystemEnum, { nullable: true, description: 'The system that refused; null where it was not asked.' })
  readonly system!: string | null

  @Field(() => String, { nullable: true, description: 'Native table at fault.' })
  readonly table!: string | null

  @Field(() => String, { nullable: true, description: 'Native column at fault.' })
  readonly column!: string | null

  @Field(() => Boolean, { description: 'Whether the same request may succeed later.' })
  readonly retryable!: boolean
}

@ObjectType('TransactionEdge', { description: 'A transaction in a list.' })
export class TransactionEdge {
  @Field(() => TransactionObject, { description: 'The transaction.' })
  readonly node!: TransactionObject

  @Field(() => String, { description: 'Pass it as `after` to continue from here.' })
  readonly cursor!: string
}

/** The same in every subgraph, to the word: composition keeps one of them. */
@Directive('@shareable')
@ObjectType('PageInfo', { description: 'Where a page lies in its list.' })
export class PageInfoObject {
  @Field(() => Boolean, { description: 'Whether more records follow.' })
  readonly hasNextPage!: boolean

  @Field(() => Boolean, { description: 'Whether the page continues an earlier one.' })
  readonly hasPreviousPage!: boolean

  @Field(() => String, { nullable: true, description: 'Cursor of the first record; null for an empty page.' })
  readonly startCursor!: string | null

  @Field(() => String, { nullable: true, description: 'Cursor of the last record; null for an empty page.' })
  readonly endCursor!: string | null
}

@ObjectType('TransactionConnection', { description: 'A page of a list of transactions.' })
export class TransactionConnection {
  @Field(() => [TransactionEdge], { description: 'The transactions of the page, each with its cursor.' })
  readonly edges!: readonly TransactionEdge[]

  @Field(() => PageInfoObject, { description: 'Where the page lies in the list.' })
  readonly pageInfo!: PageInfoObject
}

@InputType('TransactionFilter', { description: 'Which transactions to list: those that meet every condition given.' })
export class TransactionFilterInput {
  @Field(() => TransactionStateEnum, { nullable: true, description: 'In this state.' })
  readonly state?: TransactionState | null

  @Field(() => OriginEnum, { nullable: true, description: 'From this origin.' })
  readonly origin?: Origin | null

  @Field(() => ID, { nullable: true, description: 'About the entity record with this id.' })
  readonly entityId?: string | null
}

@InputType('WriteOptions', { description: 'How to carry a write out.' })
export class WriteOptionsInput {
  @Field(() => String, {
    nullable: true,
    description: 'Makes repeats harmless: a second request under the key gets the answer of the first.',
  })
  readonly idempotencyKey?: string | null

  @Field(() => Int, {
    nullable: true,
    description: 'Refuse the write STALE unless the record has this revision; 0 stands for a record that does not exist.',
  })
  readonly expectedRevision?: number | null

  @Field(() => Int, { nullable: true, description: 'Time in which the write must be decided, in milliseconds.' })
  readonly timeoutMs?: number | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'Validate in both systems and show the legs that would be written, but leave no trace.',
  })
  readonly dryRun?: boolean | null
}
