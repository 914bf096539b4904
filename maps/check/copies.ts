/** Copies: further columns that can hold whatever the main one holds. */

import { SYSTEMS, type System } from '../../schema/record.ts'
import type { Column } from '../../schema/table.ts'
import type { BoundField, BoundKey, BoundMap } from '../binding.ts'
import type { Fault } from '../faults.ts'
import { excess } from './excess.ts'

export function checkCopies({ keys, fields, source }: BoundMap): readonly Fault[] {
  return [...keys, ...fields].flatMap((field) =>
    SYSTEMS.flatMap((system) =>
      copiesOf(field, system).flatMap(({ column, copy, path }) => {
        const message = misfit(column, copy)
        return message === null ? [] : [source.fault(path, `"${copy.name}" cannot be a copy: ${message}`)]
      }),
    ),
  )
}

function copiesOf({ columns, copies }: BoundKey | BoundField, system: System) {
  const column = columns[system]?.column
  return column === undefined ? [] : copies[system].map(({ column: copy, path }) => ({ column, copy, path }))
}

function misfit(column: Column, copy: Column): string | null {
  if (copy.type !== column.type) return `it is ${copy.type}, and ${column.name} ${column.type}`
  if (copy.generated || copy.computed) return 'its system fills it itself'
  if (copy.immutable && !column.immutable) return `it is immutable, and ${column.name} is not`
  if (copy.required && !column.required) return `it is required, and ${column.name} is not`
  const strange = column.values?.filter((value) => copy.values?.includes(value) !== true) ?? []
  if (strange.length > 0) return `it cannot hold ${strange.join(', ')}`
  const difference = excess(column, copy)
  return difference === null ? null : `${column.name} holds ${difference}`
}
