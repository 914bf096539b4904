/** What the store's own thread and its workers say to each other. Many calls travel as one message, and many answers. */

import type {
  Derivation,
  DrawRequest,
  FenceAnswer,
  FenceRequest,
  PrepareRequest,
  RecordKey,
  RecordRef,
  RecordState,
  SelectedRecord,
  Selection,
  System,
  TransactionId,
  TransactionQuery,
  TransactionRow,
  Violation,
  Vote,
} from '../../../../schema/participant.ts'
import type { TableDefinition } from '../../../../schema/table.ts'
import type { GroupedQuery, RecordQuery, RecordStore, StoredRecord } from '../record-store.ts'

export type Statistics = Awaited<ReturnType<RecordStore['statistics']>>

export type WriterCall =
  | { readonly call: 'PREPARE'; readonly request: PrepareRequest }
  | { readonly call: 'COMMIT'; readonly id: TransactionId }
  | { readonly call: 'ABORT'; readonly id: TransactionId }
  | { readonly call: 'FENCE'; readonly request: FenceRequest }
  | { readonly call: 'DRAW'; readonly request: DrawRequest }
  | { readonly call: 'STATISTICS' }

export interface WriterResults {
  readonly PREPARE: Vote
  readonly COMMIT: null
  readonly ABORT: null
  readonly FENCE: FenceAnswer
  readonly DRAW: number
  readonly STATISTICS: Statistics
}

export type ReaderCall =
  | { readonly call: 'CHECK'; readonly request: PrepareRequest }
  | { readonly call: 'DERIVE'; readonly request: PrepareRequest }
  | { readonly call: 'LOOK'; readonly query: TransactionQuery }
  | { readonly call: 'READ'; readonly refs: readonly RecordRef[] }
  | { readonly call: 'SELECT'; readonly selections: readonly Selection[] }
  | { readonly call: 'GET'; readonly table: string; readonly keys: readonly RecordKey[] }
  | { readonly call: 'QUERY'; readonly query: RecordQuery }
  | { readonly call: 'QUERY_GROUPS'; readonly query: GroupedQuery }
  | { readonly call: 'COUNT'; readonly query: Pick<RecordQuery, 'table' | 'where'> }
  | { readonly call: 'COUNT_GROUPS'; readonly query: Pick<GroupedQuery, 'table' | 'where' | 'groupBy'> }

export interface ReaderResults {
  readonly CHECK: readonly Violation[]
  readonly DERIVE: readonly Derivation[]
  readonly LOOK: readonly TransactionRow[]
  readonly READ: readonly RecordState[]
  readonly SELECT: readonly (readonly SelectedRecord[])[]
  readonly GET: readonly (StoredRecord | null)[]
  readonly QUERY: readonly StoredRecord[]
  readonly QUERY_GROUPS: readonly (readonly StoredRecord[])[]
  readonly COUNT: number
  readonly COUNT_GROUPS: readonly number[]
}

/** A call with the number that its answer will carry. */
export interface Posted<Call> {
  readonly number: number
  readonly call: Call
}

export type Answered<Result> =
  | { readonly number: number; readonly ok: true; readonly result: Result }
  | { readonly number: number; readonly ok: false; readonly cause: string }

/** `OPEN` comes first, and once. */
export type ToWorker<Call> =
  | { readonly message: 'OPEN' }
  | { readonly message: 'CALLS'; readonly calls: readonly Posted<Call>[] }
  | { readonly message: 'CLOSE' }

export type FromWorker<Result> =
  | { readonly message: 'READY' }
  /** The store cannot be opened; `isUnfit` where its content is the reason. */
  | { readonly message: 'REFUSED'; readonly isUnfit: boolean; readonly cause: string }
  | { readonly message: 'ANSWERS'; readonly answers: readonly Answered<Result>[] }

/** Where a worker finds rules and computations: functions cannot be posted. */
export interface BusinessLogic {
  readonly rules: ModuleExport
  readonly computations: ModuleExport
}

export interface ModuleExport {
  /** URL of an ES module. */
  readonly module: string
  /** Its export that is an array of them. */
  readonly export: string
}

export interface WorkerOptions {
  readonly role: 'WRITER' | 'READER'
  readonly system: System
  readonly file: string
  readonly tables: readonly TableDefinition[]
  readonly logic: BusinessLogic | null
  readonly lockWaitMs: number
}
