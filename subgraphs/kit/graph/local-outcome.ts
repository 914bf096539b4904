/** What a caller is told of a write that concerned one system alone. */

import type { TransactionState, TransactionView, WriteError } from '../../../schema/caller-view.ts'
import type { NativeOutcome, NativeWrite } from '../../../schema/native-write.ts'
import type { CallerPath, TransactionRow, Violation } from '../../../schema/participant.ts'
import type { Asked, AskedRecord } from './local-request.ts'

const STATES: Readonly<Record<TransactionRow['state'], TransactionState>> = {
  PREPARED: 'PREPARING',
  COMMITTED: 'COMMITTED',
  ABORTED: 'REVERTED',
}

/** `row` is null where the system kept none. */
export function outcomeOfRow(
  asked: Asked,
  row: TransactionRow | null,
  violations: readonly Violation[],
): NativeOutcome {
  const { key } = asked.records[0]
  return { key, transaction: row === null ? null : viewOf(asked, row), errors: errorsOf(asked, violations) }
}

/** The write's own system was silent: SYSTEM_UNAVAILABLE before anything was begun, TIMEOUT where it may take effect. */
export function withoutAnswer(write: NativeWrite, code: 'SYSTEM_UNAVAILABLE' | 'TIMEOUT'): NativeOutcome {
  const keyed = write.options.idempotencyKey !== null
  const message =
    code === 'TIMEOUT'
      ? `The ${write.system} did not answer; the write may still take effect`
      : `The ${write.system} does not answer; nothing was written`
  const retryable = code === 'SYSTEM_UNAVAILABLE' || keyed
  const error: WriteError = {
    code,
    message,
    path: [],
    system: write.system,
    table: write.table,
    column: null,
    retryable,
  }
  return { key: write.key, transaction: null, errors: [error] }
}

export function errorsOf(asked: Asked, violations: readonly Violation[]): readonly WriteError[] {
  return violations.map((violation) => {
    const { code, message, system, table, column, retryable } = violation
    const { at, ...record } = asked.records[violation.write ?? 0] ?? asked.records[0]
    const path =
      at === null ? (violation.path ?? recordPath(asked.write, record, violation)) : partPath(at, record, violation)
    return { code: code === 'FENCED' ? 'SYSTEM_UNAVAILABLE' : code, message, path, system, table, column, retryable }
  })
}

type Refused = Pick<AskedRecord, 'table'>

/** Where the caller's arguments hold what the violation is about. */
function recordPath(write: NativeWrite, { table }: Refused, { code, table: at, column }: Violation): CallerPath {
  const isCreate = write.operation === 'CREATE'
  const key = table.key.at(-1) ?? ''
  if (at === null) return []
  if (column !== null) return isCreate || !table.key.includes(column) ? ['input', column] : [column]
  if (code === 'NOT_FOUND') return [key]
  if (code === 'DUPLICATE') return ['input', key]
  return write.operation === 'DELETE' ? [key] : ['input']
}

/** A part takes all of its key but the last column from its whole: those are not in its input. */
function partPath(at: CallerPath, { table }: Refused, { code, column }: Violation): CallerPath {
  const named = column === null && code === 'DUPLICATE' ? (table.key.at(-1) ?? null) : column
  return named === null || table.key.slice(0, -1).includes(named) ? at : [...at, named]
}

function viewOf({ write }: Asked, row: TransactionRow): TransactionView {
  const leg = {
    system: write.system,
    mode: 'SYNC' as const,
    state: row.state,
    attempts: (row.idempotency?.attempt ?? 0) + 1,
    lastError: row.violations[0]?.message ?? null,
    writes: row.writes,
  }
  const { id, origin, actor, startedAt, decidedAt, completedAt, subject } = row
  return { id, state: STATES[row.state], origin, actor, startedAt, decidedAt, completedAt, subject, legs: [leg] }
}
