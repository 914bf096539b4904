/** The rows of `transactions`: one for each attempt that this participant has voted on or fenced. */

import type { SQLOutputValue } from 'node:sqlite'
import { fitting } from '../../../../schema/fitting.ts'
import { withoutMembers } from '../../../../schema/members.ts'
import {
  ORIGINS,
  type PlanDigest,
  type TransactionQuery,
  type TransactionRow,
  type WriteImage,
} from '../../../../schema/participant.ts'
import type { Database, SqlValue } from '../../../../schema/process/sqlite/database.ts'
import { SYSTEMS, type TransactionId } from '../../../../schema/record.ts'
import type { Held, RowEnd } from '../../ledger/storage.ts'

const STATES: readonly TransactionRow['state'][] = ['PREPARED', 'COMMITTED', 'ABORTED']

const COLUMNS = [
  ...['id', 'plan', 'state', 'sequence', 'participants', 'map_set', 'origin', 'actor', 'started_at', 'decided_at'],
  ...['completed_at', 'deadline', 'age_at', 'age_id', 'idempotency_key', 'idempotency_digest', 'idempotency_attempt'],
  ...['subject_entity', 'subject_id', 'members', 'left_out'],
].join(', ')
const INSERT = `INSERT INTO transactions (${COLUMNS}) VALUES (?${', ?'.repeat(COLUMNS.split(', ').length - 1)})`
const SELECT = `SELECT ${COLUMNS}, writes, violations FROM transactions JOIN transaction_bodies USING (position)`

/** What is held under an id, without its writes. */
export function held(database: Database, id: TransactionId): Held | undefined {
  const cells = database.row('SELECT plan, state, left_out FROM transactions WHERE id = ?', [id])
  if (cells === undefined) return undefined
  return { plan: text(cells[0]) as PlanDigest, state: oneOf(STATES, cells[1]), ...leftOutOf(cells[2]) }
}

/** Throws where the id is held already. */
export function insertRow(database: Database, row: TransactionRow): void {
  database.run(INSERT, [
    row.id,
    row.plan,
    row.state,
    row.sequence,
    row.participants.join(','),
    row.mapSet,
    row.origin,
    row.actor,
    row.startedAt,
    row.decidedAt,
    row.completedAt,
    row.deadline,
    row.age.at,
    row.age.id,
    row.idempotency?.key ?? null,
    row.idempotency?.digest ?? null,
    row.idempotency?.attempt ?? null,
    row.subject?.entity ?? null,
    row.subject?.id ?? null,
    row.members ?? null,
    leftOutCell(row.leftOut ?? []),
  ])
  database.run('INSERT INTO transaction_bodies VALUES (last_insert_rowid(), ?, ?)', [
    JSON.stringify(row.writes),
    JSON.stringify(row.violations),
  ])
}

/** PREPARED → COMMITTED or ABORTED; throws for any other row. */
export function endRow(database: Database, id: TransactionId, end: RowEnd): void {
  const changes = database.run(
    `UPDATE transactions SET state = ?, sequence = ?, completed_at = ?, left_out = ?
     WHERE id = ? AND state = 'PREPARED'`,
    [end.state, end.sequence, end.at, leftOutCell(end.leftOut), id],
  )
  if (changes !== 1) throw new Error(`Transaction ${id} is not prepared`)
}

export function lastSequence(database: Database): number {
  const [last] = database.row('SELECT max(sequence) FROM transactions WHERE sequence IS NOT NULL') ?? []
  return Number(last ?? 0)
}

export function preparedRows(database: Database): readonly TransactionRow[] {
  return database.rows(`${SELECT} WHERE state = 'PREPARED'`).map(rowOf)
}

export function findRow(database: Database, id: TransactionId): TransactionRow | undefined {
  const cells = database.row(`${SELECT} WHERE id = ?`, [id])
  return cells === undefined ? undefined : rowOf(cells)
}

export function findRows(database: Database, query: TransactionQuery): readonly TransactionRow[] {
  switch (query.by) {
    case 'ID':
      return database.rows(`${SELECT} WHERE id = ?`, [query.id]).map(rowOf)
    case 'IDEMPOTENCY_KEY':
      return database.rows(`${SELECT} WHERE idempotency_key = ? ORDER BY idempotency_attempt`, [query.key]).map(rowOf)
    case 'IN_DOUBT':
      return database
        .rows(`${SELECT} WHERE state = 'PREPARED' AND deadline < ? ORDER BY deadline`, [query.deadlineBefore])
        .map(rowOf)
    case 'COMMITTED_AFTER':
      return committedRows(database, query)
    case 'LAST_COMMITTED':
      return database.rows(LAST_COMMITTED).map(rowOf)
    case 'RECENT':
      return recentRows(database, query)
  }
}

const LAST_COMMITTED = `SELECT ${COLUMNS}, '[]', '[]' FROM transactions
  WHERE sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1`

const LENGTHS = `SELECT octet_length(writes) FROM transactions JOIN transaction_bodies USING (position)
  WHERE sequence > ? ORDER BY sequence LIMIT ?`

/** Looks for lengths first: SQLite tells them without reading the bodies. */
function committedRows(
  database: Database,
  { sequence, limit, bytesMax }: Extract<TransactionQuery, { by: 'COMMITTED_AFTER' }>,
): readonly TransactionRow[] {
  const lengths = database.rows(LENGTHS, [sequence, limit]).map(([length]) => Number(length))
  return database
    .rows(`${SELECT} WHERE sequence > ? ORDER BY sequence LIMIT ?`, [sequence, fitting(lengths, bytesMax)])
    .map(rowOf)
}

function recentRows(database: Database, query: Extract<TransactionQuery, { by: 'RECENT' }>): readonly TransactionRow[] {
  const conditions: string[] = ['TRUE']
  const parameters: SqlValue[] = []
  const narrow = (condition: string, ...values: readonly SqlValue[]) => {
    conditions.push(condition)
    parameters.push(...values)
  }
  const { states, origins, subject, after } = query
  if (states !== null) narrow('state IN (SELECT value FROM json_each(?))', JSON.stringify(states))
  if (origins !== null) narrow('origin IN (SELECT value FROM json_each(?))', JSON.stringify(origins))
  if (subject !== null) narrow('subject_id = ?', subject)
  if (after !== null) narrow('(started_at, id) < (?, ?)', after.startedAt, after.id)
  const where = conditions.join(' AND ')
  const sql = `${SELECT} WHERE ${where} ORDER BY started_at DESC, id DESC LIMIT ?`
  return database.rows(sql, [...parameters, query.limit]).map(rowOf)
}

function rowOf(cells: readonly SQLOutputValue[]): TransactionRow {
  const [id, plan, state, sequence, participants, mapSet, origin, actor, startedAt, decidedAt, ...more] = cells
  const [completedAt, deadline, ageAt, ageId, key, digest, attempt, entity, subject, ...rest] = more
  const [members, leftOut, writes, violations] = rest
  const left = leftOutOf(leftOut)
  return {
    id: text(id) as TransactionId,
    plan: text(plan) as PlanDigest,
    state: oneOf(STATES, state),
    sequence: sequence === null ? null : Number(sequence),
    participants: text(participants)
      .split(',')
      .map((system) => oneOf(SYSTEMS, system)),
    mapSet: text(mapSet),
    origin: oneOf(ORIGINS, origin),
    actor: textOrNull(actor),
    startedAt: Number(startedAt),
    decidedAt: Number(decidedAt),
    completedAt: completedAt === null ? null : Number(completedAt),
    deadline: Number(deadline),
    age: { at: Number(ageAt), id: text(ageId) as TransactionId },
    idempotency: key === null ? null : { key: text(key), digest: text(digest), attempt: Number(attempt) },
    subject: subject === null ? null : { entity: text(entity), id: text(subject) },
    // What a commit leaves out stays in the body: writing that anew would cost as much as the batch itself.
    writes: withoutMembers<WriteImage>(JSON.parse(text(writes)), left.leftOut ?? []),
    violations: JSON.parse(text(violations)),
    ...(members === null ? {} : { members: Number(members) }),
    ...left,
  }
}

function leftOutCell(members: readonly number[]): string | null {
  return members.length === 0 ? null : JSON.stringify(members)
}

function leftOutOf(cell: SQLOutputValue | undefined): Pick<TransactionRow, 'leftOut'> {
  return typeof cell === 'string' ? { leftOut: JSON.parse(cell) } : {}
}

function text(cell: SQLOutputValue | undefined): string {
  if (typeof cell !== 'string') throw new TypeError('A transaction row lacks a value')
  return cell
}

function textOrNull(cell: SQLOutputValue | undefined): string | null {
  return typeof cell === 'string' ? cell : null
}

function oneOf<T extends string>(values: readonly T[], cell: SQLOutputValue | undefined): T {
  const found = values.find((value) => value === cell)
  if (found === undefined) throw new TypeError('A transaction row holds an unknown value')
  return found
}
