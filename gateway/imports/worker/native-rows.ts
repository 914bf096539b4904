/** Rows of one system's own table: what is asked of `sync` for each. Pure. */

import type { TableMap } from '../../../maps/model.ts'
import { recordKeyOf } from '../../../schema/record-key.ts'
import type { TableDefinition } from '../../../schema/table.ts'
import type { NativeColumnPlan } from '../columns/native-columns.ts'
import type { JobDefinition } from '../job/definition.ts'
import { recordNamed, recordsReferredTo } from './native-reach.ts'
import { faulty, type Meant, type RowContent, type RowReader, readRow, reasonOf, TOUCHES_NOTHING } from './read-row.ts'

interface NativeRows {
  readonly table: TableDefinition
  /** All maps over the table, at least one: their keys are alike. */
  readonly maps: readonly TableMap[]
  readonly operation: JobDefinition['operation']
  readonly plan: NativeColumnPlan
}

export function nativeRows(rows: NativeRows): RowReader {
  const { plan } = rows
  return {
    lists: [],
    read: (row) =>
      readRow(row, (content) => {
        const mapped = plan.map(content)
        return mapped.ok
          ? contentOf(rows, mapped.set)
          : faulty(mapped.faults.map(reasonOf), meantBy(rows, mapped.set).record)
      }),
    fieldOf: (path) => {
      const column = path.at(-1)
      if (column === undefined || column === 'input') return null
      return plan.headerOf(column) ?? column
    },
  }
}

type Row = Extract<ReturnType<NativeColumnPlan['map']>, { ok: true }>['set']

function contentOf(rows: NativeRows, set: Row): RowContent {
  const { table, operation, plan } = rows
  const key = recordKeyOf(table, set)
  if (key === null && (operation === 'UPDATE' || operation === 'DELETE')) {
    const missing = table.key.filter((column) => (set[column] ?? null) === null)
    return faulty(
      missing.map((column) => ({
        ...{ code: 'REQUIRED', field: plan.headerOf(column) ?? column },
        ...{ system: table.system, message: `${column} is required` },
      })),
    )
  }
  const changes = Object.fromEntries(Object.entries(set).filter(([column]) => !table.key.includes(column)))
  const write = { system: table.system, table: table.table, operation, key, set, changes }
  return { kind: 'NATIVE', write, ...meantBy(rows, set) }
}

function meantBy({ table, maps: [map] }: NativeRows, set: Row): Meant {
  const record = recordNamed({ table, map }, set)
  if (record === null) return { touches: TOUCHES_NOTHING, record }
  const refers = recordsReferredTo({ table, map }, set).filter((name) => name !== record)
  return { touches: { writes: [record], refers }, record }
}
