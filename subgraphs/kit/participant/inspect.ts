/**
 * The first look at a request, before any record is read: everything that can be said of the writes alone. What is
 * wrong here stays wrong whatever other transactions do.
 */

import { isCheck, type PrepareRequest, type Violation, type Write } from '../../../schema/participant.ts'
import type { RecordKey, RecordRef, Row, TransactionId, Value } from '../../../schema/record.ts'
import { keyValues, recordKey } from '../../../schema/record-key.ts'
import type { Column } from '../../../schema/table.ts'
import { canonical } from '../../../schema/value.ts'
import { generatedGuid } from './generated-guid.ts'
import type { SystemModel, TableModel } from './system-model.ts'
import { shortened, violation } from './violations.ts'

/** A write to a known table under a well-formed key. */
export interface InspectedWrite {
  readonly index: number
  readonly write: Write
  readonly model: TableModel
  /** Canonical values: of a create the whole row, of an update the given columns that are sound, else none. */
  readonly values: Row
}

export interface Inspection {
  readonly writes: readonly InspectedWrite[]
  readonly faults: readonly Violation[]
}

type Complaint = (code: Violation['code'], column: string | null, message: string) => void

export function inspect(system: SystemModel, request: Pick<PrepareRequest, 'id' | 'writes'>): Inspection {
  const faults: Violation[] = []
  const seen = new Set<string>()
  const writes = request.writes.flatMap((write, index) => {
    const complain: Complaint = (code, column, message) => {
      const table = shortened(write.table)
      const place = { system: system.system, write: index, table, column, at: write.at ?? null }
      faults.push(violation(code, place, message))
    }
    const model = system.tables.get(write.table)
    if (model === undefined) {
      complain('VALIDATION', null, `There is no table ${shortened(write.table)}`)
      return []
    }
    const key = inspectKey(model, write, complain)
    if (key === null) {
      inspectValues(model, write, complain)
      return []
    }
    const name = `${write.table} ${shortened(write.key)}`
    if (seen.has(`${write.table} ${write.key}`)) {
      complain('VALIDATION', null, `${name} is written twice in one transaction`)
      return []
    }
    seen.add(`${write.table} ${write.key}`)
    if (write.revision < write.base.revision)
      complain('VALIDATION', null, `${name} would get a revision below its base`)
    const values = valuesOf(model, write, key, request.id, complain)
    return [{ index, write, model, values }]
  })
  return { writes, faults }
}

/** The records whose states `draft` needs, in the order of the inspected writes. */
export function recordsOf(inspection: Inspection): readonly RecordRef[] {
  return inspection.writes.map(({ write }) => write)
}

/** A key column that the write sets as well is judged there, so that one fault is named once. */
function inspectKey(model: TableModel, write: Write, complain: Complaint): readonly Value[] | null {
  const { key } = write
  const { key: names, table } = model.definition
  const values = parseKey(key)
  if (values === null || values.length !== names.length) {
    complain('VALIDATION', null, `${shortened(key)} is not a key of ${table} (${names.join(', ')})`)
    return null
  }
  let sound = true
  const canonicals = names.map((name, position) => {
    const column = model.column.get(name)
    const form = column === undefined ? null : canonical(column, values[position] ?? null)
    const message =
      form === null
        ? `${name} is no column`
        : form.ok
          ? form.value === null
            ? `${name} is empty`
            : null
          : form.message
    if (message !== null) {
      sound = false
      if (column === undefined || !isFaultyIn(write, column)) complain('VALIDATION', name, message)
    }
    return form?.ok === true ? form.value : null
  })
  if (!sound) return null
  if (recordKey(canonicals) === key) return canonicals
  complain('VALIDATION', null, `${shortened(key)} is not written in the one form that keys of ${table} have`)
  return null
}

/** Whether a create sets the column to something that is refused there. */
function isFaultyIn(write: Write, column: Column): boolean {
  if (write.operation !== 'CREATE' || !Object.hasOwn(write.set, column.name)) return false
  const form = canonical(column, write.set[column.name] ?? null)
  return !form.ok || (form.value === null && isDemanded(column))
}

function parseKey(key: RecordKey): readonly Value[] | null {
  try {
    const values = keyValues(key)
    return Array.isArray(values) ? values : null
  } catch {
    // Text that is no JSON at all is, to the caller, one more key of the wrong form.
    return null
  }
}

function valuesOf(
  model: TableModel,
  write: Write,
  key: readonly Value[],
  transaction: TransactionId,
  complain: Complaint,
): Row {
  if (write.operation === 'DELETE' || isCheck(write)) return {}
  const given = inspectSet(model, write.set, complain)
  if (write.operation === 'UPDATE') return given
  const keyed = new Map(model.definition.key.map((name, position) => [name, key[position] ?? null]))
  const row: Record<string, Value> = {}
  for (const column of model.columns) {
    row[column.name] = createdValue(column, write, given, keyed, transaction, model.definition.table, complain)
  }
  return row
}

/** What is wrong with the values of a write whose record cannot be told. */
function inspectValues(model: TableModel, write: Write, complain: Complaint): void {
  if (write.operation === 'DELETE' || isCheck(write)) return
  inspectSet(model, write.set, complain)
  if (write.operation === 'UPDATE') return
  for (const { name, required, generated, computed, default: value } of model.columns) {
    const isKey = model.definition.key.includes(name)
    if (generated && Object.hasOwn(write.set, name)) complain('READ_ONLY', name, `${name} is filled in by the system`)
    if (!required || generated || computed || isKey || (value ?? null) !== null || Object.hasOwn(write.set, name))
      continue
    complain('REQUIRED', name, `${name} must have a value`)
  }
}

function inspectSet(model: TableModel, set: Row, complain: Complaint): Row {
  const values: Record<string, Value> = {}
  for (const [name, value] of Object.entries(set)) {
    const column = model.column.get(name)
    if (column === undefined) {
      complain('VALIDATION', shortened(name), `${model.definition.table} has no column ${shortened(name)}`)
      continue
    }
    const form = canonical(column, value)
    if (!form.ok) complain('VALIDATION', name, form.message)
    else if (form.value === null && isDemanded(column)) complain('REQUIRED', name, `${name} must have a value`)
    else values[name] = form.value
  }
  return values
}

/** Whether writes must give it a value: what the system computes is its own to fill in. */
function isDemanded({ required, computed }: Column): boolean {
  return required && !computed
}

function createdValue(
  column: Column,
  write: Extract<Write, { operation: 'CREATE' }>,
  given: Row,
  key: ReadonlyMap<string, Value>,
  transaction: TransactionId,
  table: string,
  complain: Complaint,
): Value {
  const { name } = column
  const isGiven = Object.hasOwn(write.set, name)
  const keyed = key.get(name)
  if (keyed !== undefined) {
    if (Object.hasOwn(given, name) && given[name] !== keyed) {
      complain('VALIDATION', name, `${name} is not the value in the record's key`)
    }
    return keyed
  }
  if (column.generated) {
    if (Object.hasOwn(given, name)) complain('READ_ONLY', name, `${name} is filled in by the system`)
    return generatedGuid(table, write.key, transaction)
  }
  if (isGiven) return given[name] ?? null
  const value = column.default ?? null
  if (value === null && isDemanded(column)) complain('REQUIRED', name, `${name} must have a value`)
  return value
}
