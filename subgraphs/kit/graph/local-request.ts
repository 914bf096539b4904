/** What a write to tables that no map names asks of its system: which records, and the request to prepare. */

import { createHash } from 'node:crypto'
import type { NativePart, NativeWrite } from '../../../schema/native-write.ts'
import type { CallerPath, PlanDigest, PrepareRequest, Violation, Write } from '../../../schema/participant.ts'
import type { RecordKey, RecordState, Row, TransactionId } from '../../../schema/record.ts'
import { keyValues } from '../../../schema/record-key.ts'
import type { TableDefinition } from '../../../schema/table.ts'
import { createdKey, type KeyFault } from './created-key.ts'

/** What was asked, with what stays the same over all attempts. */
export interface Asked {
  readonly write: NativeWrite
  /** The record itself, then what is made together with it. */
  readonly records: readonly [AskedRecord, ...AskedRecord[]]
  readonly startedAt: number
  readonly deadline: number
  /** Digests of the idempotency key and of the request under it. */
  readonly idempotency: { readonly key: string; readonly digest: string } | null
}

export interface AskedRecord {
  readonly table: TableDefinition
  readonly key: RecordKey
  /** What is wrong with the key of a create: it then only stands in for one. */
  readonly keyFaults: readonly KeyFault[]
  readonly set: Row
  /** Where the caller's arguments hold a part; null for the record itself. */
  readonly at: CallerPath | null
}

/** Throws a TypeError for a table that is not there. */
export function askedOf(
  tables: readonly TableDefinition[],
  write: NativeWrite,
  { startedAt, timeoutMs }: { readonly startedAt: number; readonly timeoutMs: number },
): Asked {
  const table = tableOf(tables, write.table)
  const created = write.key === null ? createdKey(table, write.set) : { key: write.key, faults: [] }
  const record = { table, key: created.key, keyFaults: created.faults, set: write.set, at: null }
  const { idempotencyKey, expectedRevision } = write.options
  const request = [write.table, write.operation, created.key, write.set, expectedRevision, write.parts]
  return {
    write,
    records: [record, ...write.parts.map((part) => askedPart(tableOf(tables, part.table), part, created.key))],
    startedAt,
    deadline: startedAt + (write.options.timeoutMs ?? timeoutMs),
    idempotency:
      idempotencyKey === null
        ? null
        : { key: digest(['native', write.system, idempotencyKey]), digest: digest(request) },
  }
}

function tableOf(tables: readonly TableDefinition[], name: string): TableDefinition {
  const table = tables.find((one) => one.table === name)
  if (table === undefined) throw new TypeError(`there is no table ${name}`)
  return table
}

/** The key of the whole is also the part's own, but for the last value. */
function askedPart(table: TableDefinition, part: NativePart, whole: RecordKey): AskedRecord {
  const inherited = keyValues(whole).flatMap((value, position) => {
    const column = table.key[position]
    return column === undefined ? [] : [[column, value]]
  })
  const set: Row = { ...part.set, ...Object.fromEntries(inherited) }
  const { key, faults } = createdKey(table, set)
  return { table, key, keyFaults: faults, set, at: part.at }
}

/** `states` are those of the records asked for, in their order. */
export function prepareRequest(
  { write, records, startedAt, deadline, idempotency }: Asked,
  states: readonly RecordState[],
  at: {
    readonly id: TransactionId
    readonly first: TransactionId
    readonly attempt: number
    /** Id of the maps in force. */
    readonly mapSet: string
  },
): PrepareRequest {
  const writes = records.map((record, position) => plannedWrite(write.operation, record, stateAt(states, position)))
  const refusals = staleness(write, stateAt(states, 0))
  return {
    id: at.id,
    plan: digest([write.system, writes, refusals, at.mapSet]) as PlanDigest,
    participants: [write.system],
    mapSet: at.mapSet,
    origin: write.system,
    actor: write.actor,
    startedAt,
    age: { at: startedAt, id: at.first },
    deadline,
    idempotency: idempotency === null ? null : { ...idempotency, attempt: at.attempt },
    subject: null,
    writes,
    refusals,
  }
}

function stateAt(states: readonly RecordState[], position: number): RecordState {
  const state = states[position]
  if (state === undefined) throw new TypeError('a read was left without an answer')
  return state
}

/** A write of one system alone leaves the version as it is. */
function plannedWrite(operation: NativeWrite['operation'], record: AskedRecord, { version }: RecordState): Write {
  const { table, key, set, at } = record
  const place = { table: table.table, key, base: version, revision: version.revision, ...(at === null ? {} : { at }) }
  switch (operation) {
    case 'CREATE':
      return { operation, ...place, set: withoutNulls(set) }
    case 'UPDATE':
      return { operation, ...place, set }
    case 'DELETE':
      return { operation, ...place }
  }
}

/** An empty value in a create asks for the column's default. */
function withoutNulls(set: Row): Row {
  return Object.fromEntries(Object.entries(set).filter(([, value]) => value !== null))
}

function staleness(write: NativeWrite, { version }: RecordState): readonly Violation[] {
  const expected = write.options.expectedRevision
  if (expected === null || expected === version.revision) return []
  const message = `The record is at revision ${version.revision}, not ${expected}`
  return [refused('STALE', message, write, ['options', 'expectedRevision'])]
}

/** A final refusal of the write as a whole, made before the system itself was asked; `path` leads to its reason. */
export function refused(
  code: Violation['code'],
  message: string,
  { system, table }: NativeWrite,
  path: CallerPath,
): Violation {
  return { code, message, system, write: 0, table, column: null, path, retryable: false }
}

/** What keeps the records asked for from having keys. */
export function keyRefusals({ write: { system }, records }: Asked): readonly Violation[] {
  return records.flatMap(({ table: { table }, keyFaults }, write) =>
    keyFaults.map((fault): Violation => ({ ...fault, system, write, table, path: null, retryable: false })),
  )
}

export function attemptId(key: string, attempt: number): TransactionId {
  return digest([key, attempt]) as TransactionId
}

function digest(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url')
}
