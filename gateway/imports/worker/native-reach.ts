/**
 * Which records of its own table a row touches: the one that it is written to, and those that its columns name. A job writes no
 * other table, so that nothing else has to be looked at. Pure.
 */

import type { TableMap } from '../../../maps/model.ts'
import type { Row } from '../../../schema/record.ts'
import { recordKeyOf } from '../../../schema/record-key.ts'
import type { TableDefinition } from '../../../schema/table.ts'
import { foldGiven, isComplete, keysOf, partialKey } from '../../sync/key.ts'

export interface NativeReach {
  readonly table: TableDefinition
  /** Any map over the table, whose keys are alike; none where no map has it. */
  readonly map: TableMap | undefined
}

/** The record of a row as all rows name it; null where a column of its key is empty. */
export function recordNamed({ table, map }: NativeReach, row: Row): string | null {
  const { system } = table
  if (map === undefined) return nameOf(table, recordKeyOf(table, row))
  const key = foldGiven(map, partialKey(map, system, row))
  return nameOf(table, isComplete(key) ? keysOf(map, key)[system] : null)
}

/** The records that the row refers to, its own among them where it names that. */
export function recordsReferredTo(reach: NativeReach, row: Row): readonly string[] {
  const { table } = reach
  const numbered = table.key.find((column) => column !== table.company) ?? ''
  return Object.values(table.columns).flatMap(({ name, references }) =>
    references.flatMap(({ table: target, when }) => {
      const value = row[name] ?? null
      const isNamed = target === table.table && value !== null && (when === null || row[when.column] === when.value)
      return isNamed ? (recordNamed(reach, { ...row, [numbered]: value }) ?? []) : []
    }),
  )
}

function nameOf({ system, table }: TableDefinition, key: string | null): string | null {
  return key === null ? null : `${system} ${table} ${key}`
}
