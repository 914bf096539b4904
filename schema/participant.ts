/**
 * The participant protocol: all that the gateway and a system know of each other, but for the system's subgraph.
 *
 * Every call takes a vector and answers each element as soon as it is known, so that one transaction that waits for a
 * lock never holds up its neighbours. All times are milliseconds since the Unix epoch, UTC.
 */

import type { Branded, RecordKey, RecordRef, RecordState, Row, System, TransactionId, Version } from './record.ts'
import type { TableDefinition } from './table.ts'

/** Digest of participants, legs, bases and map set: two different plans under one id never mix their votes. */
export type PlanDigest = Branded<string, 'PlanDigest'>
/** Where the caller's arguments speak of a record, for example `["input", "lines", "2"]`; left out for the whole request. */
export type CallerPath = readonly string[]

/**
 * Writes nothing and leaves no image: the record, or its absence, must be what the plan was made from. Where a change
 * concerns one system alone because the other was read to have nothing of it, that reading is checked: it may be older
 * than what the first system was read to have.
 */
export interface Check {
  readonly operation: 'CHECK'
  readonly table: string
  readonly key: RecordKey
  readonly base: Version
  readonly revision: number
  readonly at?: CallerPath
  readonly member?: number
}

/**
 * One record's change, planned on `base`. `revision` is what the record has after the commit; a write that concerns
 * columns of this system alone leaves it at `base.revision`. `localBase` is the local version that was read, where the
 * plan rests on such columns, too. `set` holds the given columns only; computed columns may be
 * left out, and where they are given they must be what the system computes. `member` is the index of the batch's member
 * that the write is of; 0 where it is left out.
 */
export type RecordWrite =
  | {
      readonly operation: 'CREATE'
      readonly table: string
      readonly key: RecordKey
      readonly set: Row
      readonly base: Version
      readonly revision: number
      readonly at?: CallerPath
      readonly member?: number
    }
  | {
      readonly operation: 'UPDATE'
      readonly table: string
      readonly key: RecordKey
      readonly set: Row
      readonly base: Version
      readonly localBase?: number
      readonly revision: number
      readonly at?: CallerPath
      readonly member?: number
    }
  | {
      readonly operation: 'DELETE'
      readonly table: string
      readonly key: RecordKey
      readonly base: Version
      readonly localBase?: number
      readonly revision: number
      readonly at?: CallerPath
      readonly member?: number
    }

export type Write = RecordWrite | Check

export function isCheck(write: Write): write is Check {
  return write.operation === 'CHECK'
}

/** By which door a write came in. */
export const ORIGINS = ['GRAPH', 'CRM', 'ERP', 'IMPORT'] as const
export type Origin = (typeof ORIGINS)[number]

/** `FENCED` says that somebody proved the attempt aborted before it could be prepared; callers never see it. */
export type ViolationCode =
  | 'VALIDATION'
  | 'REQUIRED'
  | 'DUPLICATE'
  | 'NOT_FOUND'
  | 'REFERENCE'
  | 'CONFLICT'
  | 'LOCKED'
  | 'STALE'
  | 'RULE'
  | 'READ_ONLY'
  | 'IDEMPOTENCY_MISMATCH'
  | 'SYSTEM_UNAVAILABLE'
  | 'TIMEOUT'
  | 'UNMAPPED'
  | 'PENDING_SYNC'
  | 'OVERLOADED'
  | 'FENCED'

/**
 * One reason of a refusal. `system` is null where the planner itself refused; `write` is the index in that system's
 * leg, null where no single write is at fault. `field` names the entity field for a planner's refusal. `member` is the
 * member of a batch that is refused; left out where it is the whole request, as ever for an ordinary transaction.
 */
export interface Violation {
  readonly code: ViolationCode
  readonly message: string
  readonly system: System | null
  readonly write: number | null
  readonly table: string | null
  readonly column: string | null
  /** Path into the caller's arguments, complete where the planner refused; from a participant the write's `at`, if any. */
  readonly path: readonly string[] | null
  readonly retryable: boolean
  readonly member?: number
}

/** Orders transactions for wait-die: the time of the first attempt, then the id of attempt 0. Smaller is older. */
export interface Age {
  readonly at: number
  readonly id: TransactionId
}

/**
 * What a participant is asked to prepare: its own leg, and what it needs to tell the transaction from any other.
 *
 * With `members` it is a batch: so many small transactions under one id, each judged by itself against what is
 * committed, and each with a vote of its own. Two members that want one lock do not wait for each other, nor for anybody
 * else: the later one is refused `LOCKED`. What a member is about, its writes name.
 */
export interface PrepareRequest {
  readonly id: TransactionId
  readonly plan: PlanDigest
  /** Every system with a leg. One alone is committed at once: its vote is the commit. */
  readonly participants: readonly System[]
  readonly mapSet: string
  readonly origin: Origin
  readonly actor: string | null
  readonly startedAt: number
  readonly age: Age
  readonly deadline: number
  /** `key` is a digest of tenant and idempotency key; `digest` identifies the request made under it. */
  readonly idempotency: { readonly key: string; readonly digest: string; readonly attempt: number } | null
  /** The entity that the request was about, so that a replay can answer with it; null for an unmapped table. */
  readonly subject: { readonly entity: string; readonly id: string } | null
  readonly writes: readonly Write[]
  /**
   * Reasons that the planner found already: each refuses its member, and where it names none the whole, with the
   * participant's own reasons added.
   */
  readonly refusals: readonly Violation[]
  /** How many members the batch has, numbered from 0; left out for an ordinary transaction, which has one. */
  readonly members?: number
}

/** Members of a batch that are not in it, ascending. All of them make a batch that writes nothing. */
export interface LeftOut {
  readonly members: readonly number[]
  /** This system's reasons for those that it refuses itself, each naming its member. */
  readonly violations: readonly Violation[]
}

export type Vote =
  /**
   * `COMMITTED` from a lone participant, or for a repeat that comes after the commit. `leftOut`: of PREPARED the members
   * that this system refuses, of COMMITTED those that anybody did; not there for none. A batch of which a system refuses
   * every member it refuses as a whole.
   */
  | { readonly vote: 'YES'; readonly state: 'PREPARED' | 'COMMITTED'; readonly leftOut?: LeftOut }
  | { readonly vote: 'NO'; readonly violations: readonly Violation[] }
  /** The id is held under another plan; this plan is aborted for good. */
  | { readonly vote: 'FOREIGN' }

/** A write as a participant keeps it, with the record's images on both sides of it. */
export interface WriteImage {
  readonly operation: Exclude<Write['operation'], 'CHECK'>
  readonly table: string
  readonly key: RecordKey
  readonly before: Row | null
  readonly after: Row | null
  readonly base: Version
  readonly revision: number
  readonly at?: CallerPath
  readonly member?: number
}

/** A participant's own row of a transaction. Allowed moves: nothing → any; PREPARED → COMMITTED or ABORTED. */
export interface TransactionRow {
  readonly id: TransactionId
  readonly plan: PlanDigest
  readonly participants: readonly System[]
  readonly state: 'PREPARED' | 'COMMITTED' | 'ABORTED'
  readonly mapSet: string
  readonly origin: Origin
  readonly actor: string | null
  readonly startedAt: number
  readonly decidedAt: number
  readonly completedAt: number | null
  readonly deadline: number
  readonly age: Age
  readonly idempotency: PrepareRequest['idempotency']
  readonly subject: PrepareRequest['subject']
  /** Without those of members that are left out: what a COMMITTED row has here is what it has written. */
  readonly writes: readonly WriteImage[]
  readonly violations: readonly Violation[]
  /** Position in this system's order of commits, from 1 and without a gap; null until committed. */
  readonly sequence: number | null
  readonly members?: number
  /** As in a vote: PREPARED those that this system refuses, COMMITTED those that anybody did; not there for none. */
  readonly leftOut?: readonly number[]
}

/** `leftOut` is what every participant agrees on: every member that one of them refuses. Empty but for a batch. */
export interface CommitRequest {
  readonly id: TransactionId
  readonly leftOut: readonly number[]
}

export interface FenceRequest {
  readonly id: TransactionId
  readonly plan: PlanDigest
  readonly participants: readonly System[]
}

export type FenceAnswer =
  /** `leftOut` as in a vote. */
  | { readonly state: 'PREPARED' | 'COMMITTED'; readonly leftOut?: LeftOut }
  | { readonly state: 'ABORTED'; readonly violations: readonly Violation[] }
  | { readonly state: 'FOREIGN' }

export type TransactionQuery =
  | { readonly by: 'ID'; readonly id: TransactionId }
  | { readonly by: 'IDEMPOTENCY_KEY'; readonly key: string }
  /** PREPARED rows whose deadline is before the given instant: what may need a resolve. */
  | { readonly by: 'IN_DOUBT'; readonly deadlineBefore: number }
  /**
   * The outbox: COMMITTED rows with a greater sequence, ascending, at most `limit`, and fewer where their writes are longer
   * together than `bytesMax` as JSON; a single row that is comes alone. Only what is forced is seen, and a row never
   * before those with smaller sequences, of which none is left out. An empty answer alone says that there are no more.
   */
  | {
      readonly by: 'COMMITTED_AFTER'
      readonly sequence: number
      readonly limit: number
      readonly bytesMax: number
    }
  /** How far the outbox goes: its last row, without its writes, or none where nothing is committed. */
  | { readonly by: 'LAST_COMMITTED' }
  /** The newest first, by `startedAt` then id, strictly after the given position. */
  | {
      readonly by: 'RECENT'
      readonly states: readonly TransactionRow['state'][] | null
      readonly origins: readonly Origin[] | null
      readonly subject: string | null
      readonly after: { readonly startedAt: number; readonly id: TransactionId } | null
      readonly limit: number
    }

/** Draws `count` consecutive numbers, durably, before anyone uses one. Unused numbers are gaps. */
export interface DrawRequest {
  readonly sequence: string
  readonly count: number
}

/** Every record of a table whose columns hold these values. */
export interface Selection {
  readonly table: string
  readonly where: Row
}

export interface SelectedRecord {
  readonly key: RecordKey
  readonly state: RecordState
}

/** Writes as they would be prepared; `id` may be made up. */
export type DeriveRequest = Pick<PrepareRequest, 'id' | 'writes'>

/** What a system would compute for one record: the computed columns that differ from those it holds. */
export interface Derivation {
  readonly table: string
  readonly key: RecordKey
  readonly set: Row
}

export interface SystemDescription {
  readonly system: System
  readonly tables: readonly TableDefinition[]
  /** Of the tables: the same in every process that was built for the same ones. */
  readonly digest: string
}

/**
 * A system as the coordinator sees it. Rejected promises mean "no answer" (the outcome at this participant is not
 * known), never a vote. Every call may be repeated and reordered without harm.
 */
export interface Participant {
  readonly system: System
  /** Yes is forced and promises that a commit cannot fail; no is forced with every reason found. */
  prepare(requests: readonly PrepareRequest[]): readonly Promise<Vote>[]
  /**
   * Applies what is PREPARED but for the members left out; resolves once forced, at once when already COMMITTED, rejects
   * for any other row. Rejects where a member that this system refused is not left out, or where others were before.
   */
  commit(requests: readonly CommitRequest[]): readonly Promise<void>[]
  /** PREPARED → ABORTED, on proof only; resolves once forced, at once when nothing or ABORTED is there. */
  abort(ids: readonly TransactionId[]): readonly Promise<void>[]
  /** Inserts ABORTED where nothing is there, forced, and answers what is there. */
  fence(requests: readonly FenceRequest[]): readonly Promise<FenceAnswer>[]
  /** What `prepare` would refuse, read-only: no lock, no row. */
  check(requests: readonly PrepareRequest[]): readonly Promise<readonly Violation[]>[]
  look(query: TransactionQuery): Promise<readonly TransactionRow[]>
  read(refs: readonly RecordRef[]): Promise<readonly RecordState[]>
  /** For each selection its records, in key order. */
  select(selections: readonly Selection[]): Promise<readonly (readonly SelectedRecord[])[]>
  /**
   * What the writes would make the system compute, for the records written and for the wholes and parts that these
   * belong to; read-only. Writes that it would refuse are passed over.
   */
  derive(requests: readonly DeriveRequest[]): readonly Promise<readonly Derivation[]>[]
  /** The first number of each block drawn. */
  draw(requests: readonly DrawRequest[]): readonly Promise<number>[]
  describe(): Promise<SystemDescription>
}
