/**
 * What the rest of the gateway asks of the coordinator. `protocol.ts` decides, `shell.ts` carries out.
 */

import type { TransactionView } from '../../schema/caller-view.ts'
import type {
  Origin,
  PlanDigest,
  PrepareRequest,
  TransactionQuery,
  Violation,
  Write,
} from '../../schema/participant.ts'
import type { System, TransactionId } from '../../schema/record.ts'

/** The writes of one transaction to one system, in the order of their records. */
export interface Leg {
  readonly system: System
  readonly writes: readonly Write[]
}

/** One attempt's intent. Legs without writes stand for systems that only witness a refusal. */
export interface Plan {
  readonly legs: readonly Leg[]
  readonly mapSet: string
  readonly subject: PrepareRequest['subject']
  /**
   * Not empty: nothing will be written, or nothing of the members that they name; the participants add what they would
   * refuse themselves.
   */
  readonly refusals: readonly Violation[]
  /** Of a batch, how many members it has; each write and refusal then names its own. */
  readonly members?: number
}

export interface TransactionRequest {
  readonly origin: Origin
  readonly actor: string | null
  readonly idempotencyKey: string | null
  /** Canonical form of what was asked, hashed with the key to tell two requests under one key apart. */
  readonly request: string
  /** Systems that may hold rows of the key's attempts. */
  readonly systems: readonly System[]
  /** Records that are likely written, as `Entity/key`: entered first come, first served, in key order. */
  readonly hot: readonly string[]
  readonly timeoutMs: number
  /** Called once an attempt, with fresh reads. Null: there is nothing to write. */
  readonly plan: (attempt: number) => Promise<Plan | null>
}

export type Outcome =
  /** Nothing to write: no transaction was made. */
  | { readonly outcome: 'UNCHANGED' }
  | {
      readonly outcome: 'DECIDED' | 'UNDECIDED'
      readonly transaction: TransactionView
      /** Empty unless reverted or undecided, but for what is said of members of a batch that are left out. */
      readonly violations: readonly Violation[]
      /** The answer of an earlier request under the same idempotency key. */
      readonly replayed: boolean
    }
  /** No transaction was begun: the key belongs to another request, or a system that must be asked is silent. */
  | { readonly outcome: 'NOT_STARTED'; readonly violations: readonly Violation[] }

/** One member of a batch: a small transaction of its own. Without legs and refusals it has nothing to write. */
export type MemberPlan = Pick<Plan, 'legs' | 'refusals'>

export interface BatchPlan {
  readonly mapSet: string
  readonly members: readonly MemberPlan[]
}

/**
 * Members that write the same record, or meet another writer, are refused `LOCKED` but for the first. Under an
 * idempotency key a batch ends once and for all: members that come again do so in a batch with another key.
 */
export interface BatchRequest extends Omit<TransactionRequest, 'hot' | 'plan'> {
  /** How many there are. Members go by their index, from 0. */
  readonly members: number
  /** Called once, unless the batch was decided before under its key; as many members as there are. */
  readonly plan: (attempt: number) => Promise<BatchPlan>
}

export type MemberOutcome =
  | { readonly outcome: 'COMMITTED' }
  /** Nothing of it was written: every reason of the planner and of the systems. It may come again if all are retryable. */
  | { readonly outcome: 'REFUSED'; readonly violations: readonly Violation[] }
  /** This request has begun nothing. Another one under its idempotency key may have: none could be asked about. */
  | { readonly outcome: 'NOT_STARTED'; readonly violations: readonly Violation[] }
  /** Not known in time. Under an idempotency key the same batch, sent again, tells. */
  | { readonly outcome: 'UNDECIDED'; readonly violations: readonly Violation[] }

export interface BatchOutcome {
  /** Null where none was begun. */
  readonly transaction: TransactionView | null
  readonly members: readonly MemberOutcome[]
  readonly replayed: boolean
}

export interface Coordinator {
  execute(request: TransactionRequest): Promise<Outcome>
  /** Commits each member for itself, at the cost of one transaction. One attempt: the caller decides what comes again. */
  executeBatch(request: BatchRequest): Promise<BatchOutcome>
  /** What every participant would refuse, and the legs; leaves no trace. */
  rehearse(request: TransactionRequest): Promise<Outcome>
  /** Finds the outcome of every transaction in doubt; with `alone` also of those before their deadline. */
  recover(options: {
    readonly alone: boolean
  }): Promise<{ readonly resolved: readonly TransactionId[]; readonly unresolved: readonly TransactionId[] }>
  transaction(id: TransactionId): Promise<TransactionView | null>
  /** Newest first. */
  transactions(query: Extract<TransactionQuery, { by: 'RECENT' }>): Promise<readonly TransactionView[]>
  /** Takes no new transaction and waits until those in flight have come to an end, at most `withinMs`. */
  drain(withinMs: number): Promise<void>
}

/**
 * Digest of everything that two participants must agree on to count their votes together. `request` is the digest of the
 * request under an idempotency key: another one under the same key shares the id, and must never share the plan.
 */
export type DigestPlan = (plan: Plan, request: string | null) => PlanDigest
