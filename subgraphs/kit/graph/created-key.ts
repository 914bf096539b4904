import type { RecordKey, Row, Value } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Column, TableDefinition } from '../../../schema/table.ts'
import { canonical } from '../../../schema/value.ts'

export interface KeyFault {
  readonly code: 'REQUIRED' | 'VALIDATION'
  readonly message: string
  readonly column: string
}

/**
 * The key of a record to be created, from its own columns. Where it cannot be made, `faults` says why, and the key
 * holds stand-ins in those places, so that the rest of the record can be checked in the same go.
 */
export function createdKey(
  table: TableDefinition,
  set: Row,
): { readonly key: RecordKey; readonly faults: readonly KeyFault[] } {
  const faults: KeyFault[] = []
  const values = table.key.map((name): Value => {
    const column = table.columns[name]
    if (column === undefined) throw new TypeError(`${table.table} has no column ${name}`)
    const form = canonical(column, set[name] ?? null)
    if (form.ok && form.value !== null) return form.value
    if (form.ok) faults.push({ code: 'REQUIRED', message: `${name} must have a value`, column: name })
    else faults.push({ code: 'VALIDATION', message: form.message, column: name })
    return standIn(column)
  })
  return { key: recordKey(values), faults }
}

function standIn({ type, values }: Column): Value {
  switch (type) {
    case 'integer':
      return 0
    case 'boolean':
      return false
    case 'enum':
      return values?.[0] ?? null
    case 'guid':
      return '00000000-0000-0000-0000-000000000000'
    case 'date':
      return '1970-01-01'
    case 'dateTime':
      return '1970-01-01T00:00:00.000Z'
    case 'decimal':
      return '0'
    case 'string':
    case 'json':
      return '?'
  }
}
