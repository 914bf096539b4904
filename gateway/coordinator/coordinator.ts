/**
 * What the rest of the gateway asks of the coordinator. `protocol.ts` decides, `shell.ts` carries out.
 */

import type { TransactionView } from '../../schema/caller-view.ts'
import type {
  Origin,
  PlanDigest,
  PrepareRequest,
  System,
  TransactionId,
  TransactionQuery,
  Violation,
  Write,
} from '../../schema/participant.ts'

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
  /** Not empty: nothing will be written; the participants add what they would refuse themselves. */
  readonly refusals: readonly Violation[]
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
      /** Empty unless reverted or undecided. */
      readonly violations: readonly Violation[]
      /** The answer of an earlier request under the same idempotency key. */
      readonly replayed: boolean
    }
  /** No transaction was begun: the key belongs to another request, or a system that must be asked is silent. */
  | { readonly outcome: 'NOT_STARTED'; readonly violations: readonly Violation[] }

export interface Coordinator {
  execute(request: TransactionRequest): Promise<Outcome>
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
