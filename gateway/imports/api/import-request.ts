/** What a caller asks to have imported, as GraphQL coerced it: what is null is not given. */

import type { System } from '../../../schema/record.ts'
import type { JobDefinition } from '../job/definition.ts'

export interface ImportRequest {
  readonly entity?: string | null
  readonly native?: { readonly system: System; readonly table: string } | null
  readonly source: { readonly uploadId?: string | null; readonly rows?: readonly unknown[] | null }
  readonly format?: 'CSV' | 'JSONL' | null
  readonly csv?: CsvRequest | null
  readonly columns?: readonly ColumnRequest[] | null
  readonly constants?: readonly { readonly to: string; readonly value: string }[] | null
  readonly unknownColumns?: 'REFUSE' | 'IGNORE' | null
  readonly blank?: 'LEAVE' | 'CLEAR' | null
  readonly clearMarker?: string | null
  readonly decimalMark?: string | null
  readonly operation?: JobDefinition['operation'] | null
  readonly matchBy?: readonly string[] | null
  readonly atomicity?: JobDefinition['atomicity'] | null
  readonly batchSize?: number | null
  readonly mode?: JobDefinition['mode'] | null
  readonly planHash?: string | null
  readonly maxFailures?: number | null
  readonly maxFailuresPercent?: number | null
  readonly duplicates?: JobDefinition['duplicates'] | null
  readonly idempotencyKey?: string | null
}

export interface ColumnRequest {
  readonly from: string
  readonly to: string
  readonly values?: readonly { readonly from: string; readonly to: string }[] | null
}

export interface CsvRequest {
  readonly delimiter?: string | null
  /** Empty where a quote is a character like others. */
  readonly quote?: string | null
  readonly encoding?: string | null
  readonly header?: readonly string[] | null
}
