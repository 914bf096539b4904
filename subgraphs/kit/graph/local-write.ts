/**
 * Writes to tables that no map names. They concern one system alone, so its yes is the commit and no gateway is asked;
 * idempotency keys, refusals and transaction rows are the same as anywhere.
 */

import { createHash } from 'node:crypto'
import type {
  NativeOutcome,
  NativeWrite,
  Participant,
  PlanDigest,
  PrepareRequest,
  RecordKey,
  RecordState,
  Row,
  Submit,
  TransactionId,
  TransactionRow,
  Violation,
  Vote,
  Write,
} from '../../../schema/participant.ts'
import type { TableDefinition } from '../../../schema/table.ts'
import { createdKey, type KeyFault } from './created-key.ts'
import { errorsOf, outcomeOfRow, refused, withoutAnswer } from './local-outcome.ts'

export interface LocalWriteParts {
  readonly participant: Participant
  readonly tables: readonly TableDefinition[]
  /** Id of the maps in force. */
  readonly mapSet: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** A fresh UUID of version 7. */
  readonly newId: () => string
  readonly pause: (ms: number) => Promise<unknown>
  readonly timeoutDefaultMs: number
  readonly onError: (error: unknown, message: string) => void
}

/** Pauses before the next attempt at a write that met a lock. */
const PAUSES_MS = [10, 40, 160] as const

const TRIED_AGAIN: ReadonlySet<Violation['code']> = new Set(['LOCKED', 'FENCED'])

/** What was asked, with what stays the same over all attempts. */
interface Asked {
  readonly write: NativeWrite
  readonly table: TableDefinition
  readonly key: RecordKey
  /** What is wrong with the key of a create: it then only stands in for one. */
  readonly keyFaults: readonly KeyFault[]
  readonly startedAt: number
  readonly deadline: number
  /** Digests of the idempotency key and of the request under it. */
  readonly idempotency: { readonly key: string; readonly digest: string } | null
}

type Attempt = { readonly outcome: NativeOutcome; readonly again: boolean }

/** Rejects for nothing but a table that is not there. */
export function localWrites(parts: LocalWriteParts): Submit {
  const { participant, now, onError } = parts
  return async (write) => {
    const asked = ask(parts, write)
    try {
      if (write.options.dryRun || asked.keyFaults.length > 0) return await rehearse(asked)
      return await carryOut(asked)
    } catch (error) {
      onError(error, 'a system could not be read for a write of its own')
      return withoutAnswer(write, 'SYSTEM_UNAVAILABLE')
    }
  }

  async function carryOut(asked: Asked): Promise<NativeOutcome> {
    const ids: TransactionId[] = []
    let latest = await attempt(asked, ids)
    for (const pauseMs of PAUSES_MS) {
      if (!latest.again || now() + pauseMs >= asked.deadline) break
      await parts.pause(pauseMs)
      latest = await attempt(asked, ids)
    }
    return latest.outcome
  }

  async function attempt(asked: Asked, ids: TransactionId[]): Promise<Attempt> {
    const { write, idempotency } = asked
    const earlier = idempotency === null ? [] : await participant.look({ by: 'IDEMPOTENCY_KEY', key: idempotency.key })
    const replay = replayOf(asked, earlier)
    if (replay !== null) return { outcome: replay, again: false }
    const id = idempotency === null ? (parts.newId() as TransactionId) : attemptId(idempotency.key, earlier.length)
    ids.push(id)
    const request = prepareRequest(parts, asked, await stateOf(asked), {
      id,
      first: ids[0] ?? id,
      attempt: earlier.length,
    })
    const vote = await prepare(request)
    if (vote === null) return { outcome: withoutAnswer(write, 'TIMEOUT'), again: false }
    // Another request under the same key came first, on another state of the record: what it did is the answer.
    if (vote.vote === 'FOREIGN') return { outcome: withoutAnswer(write, 'TIMEOUT'), again: true }
    const [row] = await participant.look({ by: 'ID', id })
    const again = vote.vote === 'NO' && vote.violations.every(({ code }) => TRIED_AGAIN.has(code))
    return { outcome: outcomeOfRow(asked, row ?? null, vote.vote === 'NO' ? vote.violations : []), again }
  }

  async function prepare(request: PrepareRequest): Promise<Vote | null> {
    try {
      const [vote] = participant.prepare([request])
      return (await vote) ?? null
    } catch (error) {
      onError(error, 'a system did not answer a write of its own')
      return null
    }
  }

  /** What would be refused, with no trace left. A create without its whole key is never more than this. */
  async function rehearse(asked: Asked): Promise<NativeOutcome> {
    const id = parts.newId() as TransactionId
    const request = prepareRequest(parts, asked, await stateOf(asked), { id, first: id, attempt: 0 })
    const found = (await participant.check([request])[0]) ?? []
    const violations = asked.keyFaults.length === 0 ? found : found.filter(isKeyless)
    const faults = asked.keyFaults.map(({ code, message, column }) =>
      refused(code, message, asked.write, { path: ['input', column], column }),
    )
    const key = faults.length > 0 ? null : asked.key
    return { key, transaction: null, errors: errorsOf(asked, [...faults, ...violations]) }
  }

  async function stateOf({ table, key }: Asked): Promise<RecordState> {
    const [state] = await participant.read([{ table: table.table, key }])
    if (state === undefined) throw new TypeError('a read was left without an answer')
    return state
  }
}

function ask({ tables, now, timeoutDefaultMs }: LocalWriteParts, write: NativeWrite): Asked {
  const table = tables.find((one) => one.table === write.table)
  if (table === undefined) throw new TypeError(`there is no table ${write.table}`)
  const created = write.key === null ? createdKey(table, write.set) : { key: write.key, faults: [] }
  const startedAt = now()
  const { idempotencyKey, expectedRevision, timeoutMs } = write.options
  const request = [write.table, write.operation, created.key, write.set, expectedRevision]
  return {
    write,
    table,
    key: created.key,
    keyFaults: created.faults,
    startedAt,
    deadline: startedAt + (timeoutMs ?? timeoutDefaultMs),
    idempotency:
      idempotencyKey === null
        ? null
        : { key: digest(['native', write.system, idempotencyKey]), digest: digest(request) },
  }
}

/** The answer of an earlier request under the same key; null where the request is still to be carried out. */
function replayOf(asked: Asked, earlier: readonly TransactionRow[]): NativeOutcome | null {
  const { write, idempotency } = asked
  if (earlier.some((row) => row.idempotency?.digest !== idempotency?.digest)) {
    const message = 'The idempotency key was used before, for another request'
    const path = ['options', 'idempotencyKey']
    return {
      key: null,
      transaction: null,
      errors: errorsOf(asked, [refused('IDEMPOTENCY_MISMATCH', message, write, { path })]),
    }
  }
  const settled = earlier.find(
    ({ state, violations }) => state === 'COMMITTED' || violations.some((one) => !one.retryable),
  )
  return settled === undefined ? null : outcomeOfRow(asked, settled, settled.violations)
}

function prepareRequest(
  { mapSet }: LocalWriteParts,
  { write, table, key, startedAt, deadline, idempotency }: Asked,
  state: RecordState,
  at: { readonly id: TransactionId; readonly first: TransactionId; readonly attempt: number },
): PrepareRequest {
  const writes = [plannedWrite(write, table, key, state)]
  const refusals = staleness(write, state)
  return {
    id: at.id,
    plan: digest([write.system, writes, refusals, mapSet]) as PlanDigest,
    participants: [write.system],
    mapSet,
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

/** A write of one system alone leaves the version as it is. */
function plannedWrite(write: NativeWrite, table: TableDefinition, key: RecordKey, { version }: RecordState): Write {
  const place = { table: table.table, key, base: version, revision: version.revision }
  switch (write.operation) {
    case 'CREATE':
      return { operation: 'CREATE', ...place, set: withoutNulls(write.set) }
    case 'UPDATE':
      return { operation: 'UPDATE', ...place, set: write.set }
    case 'DELETE':
      return { operation: 'DELETE', ...place }
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
  return [refused('STALE', message, write, { path: ['options', 'expectedRevision'] })]
}

/** Said of a record's own values: it holds whatever its key will be. */
function isKeyless({ code }: Violation): boolean {
  return code === 'VALIDATION' || code === 'REQUIRED' || code === 'READ_ONLY'
}

function attemptId(key: string, attempt: number): TransactionId {
  return digest([key, attempt]) as TransactionId
}

function digest(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url')
}
