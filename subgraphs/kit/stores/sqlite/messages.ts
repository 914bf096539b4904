/** What the reader of a store is asked and answers, and what its threads are started with. */

import type {
  Derivation,
  PrepareRequest,
  SelectedRecord,
  Selection,
  TransactionQuery,
  TransactionRow,
  Violation,
} from '../../../../schema/participant.ts'
import type { RecordKey, RecordRef, RecordState, System } from '../../../../schema/record.ts'
import type { TableDefinition } from '../../../../schema/table.ts'
import type { GroupedQuery, RecordQuery, StoredRecord } from '../record-store.ts'

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
