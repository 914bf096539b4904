/**
 * A job store in SQLite tables. Each method is a step of a transaction that its caller begins and ends; it decides before
 * it writes, so a refusal leaves nothing behind.
 */

import type { SQLOutputValue } from 'node:sqlite'
import type { Database } from '../../../schema/process/sqlite/database.ts'
import { StoreUnfit } from '../../../schema/process/store-faults.ts'
import { alive, FREE, granted, isGranted, isHeld, type LeaseState } from '../../changes/stream/lease.ts'
import { decide } from '../../imports/job/decide.ts'
import { isSameDefinition } from '../../imports/job/definition.ts'
import type { AdministratorEvent, WorkerEvent } from '../../imports/job/event.ts'
import { hasWork, type Job, type JobId, newJob, TERMINAL_STATES } from '../../imports/job/job.ts'
import type { KeptOutcome } from '../../imports/job/outcome.ts'
import type { RecordObject } from '../../imports/source/source.ts'
import { type AuditEntry, type Audited, auditOfCreation, auditOfOrder, auditOfWork } from '../../imports/store/audit.ts'
import type {
  AcquireAnswer,
  AcquireRequest,
  AuditRequest,
  CreateAnswer,
  CreateRequest,
  Forgotten,
  JobLease,
  JobPage,
  KeptJob,
  ListRequest,
  OutcomesPage,
  OutcomesRequest,
  RecordAnswer,
  TellAnswer,
  WorkItem,
} from '../../imports/store/job-store.ts'

const LAYOUT = 1

/**
 * The names begin with `import_`: the file holds other things of the gateway, too. A job's own numbers change with each
 * batch, so what hardly ever changes is kept beside them. The primary key of `import_rows` has each row end once. The jobs
 * of `import_forgotten` are gone but for their rows.
 */
const TABLES = `
CREATE TABLE IF NOT EXISTS import_store (
  single INTEGER NOT NULL PRIMARY KEY CHECK (single = 1), layout INTEGER NOT NULL, newest INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS import_jobs (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, idempotency_key TEXT UNIQUE,
  definition TEXT NOT NULL, rows TEXT, body TEXT NOT NULL, state TEXT NOT NULL, has_work INTEGER NOT NULL,
  change INTEGER NOT NULL, epoch INTEGER NOT NULL, holder TEXT, beat INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS import_work ON import_jobs (number) WHERE has_work = 1;
CREATE INDEX IF NOT EXISTS import_states ON import_jobs (state, number);
CREATE TABLE IF NOT EXISTS import_rows (
  job INTEGER NOT NULL, row INTEGER NOT NULL, outcome TEXT NOT NULL, kept TEXT NOT NULL, PRIMARY KEY (job, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS import_failures ON import_rows (job, row) WHERE outcome = 'FAILED';
CREATE TABLE IF NOT EXISTS import_forgotten (job INTEGER NOT NULL PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS import_audit (
  job INTEGER NOT NULL, number INTEGER NOT NULL, entry TEXT NOT NULL, PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
`

const COLUMNS = 'number, definition, body, change, epoch, holder, beat'

const OVER = TERMINAL_STATES.map((state) => `'${state}'`).join(', ')

/** A job that is not over names those that it needs in its definition: by their id, or by a plan hash that begins with it. */
const FORGETTABLE = `
SELECT number, definition ->> '$.source.uploadId' FROM import_jobs AS job
WHERE state IN (${OVER}) AND body ->> '$.phase.endedAt' < ?
AND NOT EXISTS (
  SELECT 1 FROM import_jobs AS other WHERE other.state NOT IN (${OVER}) AND instr(other.definition, '"' || job.id) > 0
)
ORDER BY number LIMIT ?`

/** A job with its lease, as its row says. */
interface Found {
  readonly kept: KeptJob
  readonly lease: LeaseState
}

export class JobTables {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Creates what is missing; throws StoreUnfit for tables of another version. */
  layOut(): void {
    this.#database.execute(TABLES)
    this.#database.run('INSERT OR IGNORE INTO import_store VALUES (1, ?, 0)', [LAYOUT])
    const [layout] = this.#database.row('SELECT layout FROM import_store') ?? []
    if (layout !== LAYOUT) throw new StoreUnfit(`The job store has layout ${String(layout)}, not ${LAYOUT}`)
  }

  create({ rows, ...asked }: CreateRequest): CreateAnswer {
    const { idempotencyKey } = asked.definition
    const found = this.find(asked.id) ?? (idempotencyKey === null ? null : this.findByKey(idempotencyKey))
    if (found !== null) {
      const isSame = isSameDefinition(found.kept.job.definition, asked.definition)
      return { create: isSame ? 'FOUND' : 'MISMATCH', kept: found.kept }
    }
    const job = newJob(asked)
    const { definition, ...body } = job
    const { epoch, holder, beat } = FREE
    const change = this.#nextChange()
    this.#database.run(
      `INSERT INTO import_jobs (id, idempotency_key, definition, rows, body, state, has_work, change, epoch, holder, beat)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        ...[job.id, idempotencyKey, JSON.stringify(definition), rows === null ? null : JSON.stringify(rows)],
        ...[JSON.stringify(body), job.phase.state, Number(hasWork(job)), change, epoch, holder, beat],
      ],
    )
    const number = Number(this.#database.row('SELECT number FROM import_jobs WHERE id = ?', [job.id])?.[0])
    this.#enter(number, auditOfCreation(job))
    return { create: 'CREATED', kept: { job, number, change } }
  }

  find(id: JobId): Found | null {
    return foundIn(this.#database.row(`SELECT ${COLUMNS} FROM import_jobs WHERE id = ?`, [id]))
  }

  findByKey(key: string): Found | null {
    return foundIn(this.#database.row(`SELECT ${COLUMNS} FROM import_jobs WHERE idempotency_key = ?`, [key]))
  }

  inlineRows(id: JobId): readonly RecordObject[] | null {
    const [rows] = this.#database.row('SELECT rows FROM import_jobs WHERE id = ?', [id]) ?? [null]
    return rows === null ? null : JSON.parse(text(rows))
  }

  list({ states, before, limit }: ListRequest): JobPage {
    const among = states === null ? '' : `AND state IN (${states.map(() => '?').join(', ')})`
    const found = this.#database
      .rows(`SELECT ${COLUMNS} FROM import_jobs WHERE number < ? ${among} ORDER BY number DESC LIMIT ?`, [
        ...[before ?? Number.MAX_SAFE_INTEGER, ...(states ?? []), limit + 1],
      ])
      .flatMap((cells) => foundIn(cells)?.kept ?? [])
    return { jobs: found.slice(0, limit), hasMore: found.length > limit }
  }

  work(after: number, limit: number): readonly WorkItem[] {
    return this.#database
      .rows(
        `SELECT id, number, epoch, holder, beat FROM import_jobs WHERE has_work = 1 AND number > ? ORDER BY number LIMIT ?`,
        [after, limit],
      )
      .map(([id, number, ...lease]) => ({ id: text(id) as JobId, number: Number(number), lease: leaseIn(lease) }))
  }

  acquire(id: JobId, request: AcquireRequest): AcquireAnswer {
    const found = this.find(id)
    if (found === null) return { acquire: 'NOT_FOUND' }
    const { kept, lease } = found
    if (!isGranted(lease, request)) return { acquire: 'HELD', lease }
    return { acquire: 'GRANTED', lease: this.#keepLease(kept, granted(lease, request)), kept }
  }

  renew(id: JobId, lease: JobLease): boolean {
    const found = this.find(id)
    if (found === null || !isHeld(found.lease, lease)) return false
    this.#keepLease(found.kept, alive(found.lease))
    return true
  }

  release(id: JobId, lease: JobLease): null {
    const found = this.find(id)
    if (found !== null && isHeld(found.lease, lease)) this.#keepLease(found.kept, { ...found.lease, holder: null })
    return null
  }

  tell(id: JobId, event: AdministratorEvent, actor: string | null): TellAnswer {
    const found = this.find(id)
    if (found === null) return { told: 'NOT_FOUND' }
    return this.#apply(found.kept, event, (job, after) => auditOfOrder(job, event, actor, after))
  }

  record(id: JobId, lease: JobLease, event: WorkerEvent): RecordAnswer {
    const found = this.find(id)
    if (found === null) return { told: 'NOT_FOUND' }
    if (!isHeld(found.lease, lease)) return { told: 'FENCED', kept: found.kept }
    this.#keepLease(found.kept, alive(found.lease))
    return this.#apply(found.kept, event, (job, after) => auditOfWork(job, event, after))
  }

  outcomes(id: JobId, { after, limit, only }: OutcomesRequest): OutcomesPage {
    // The index of failures serves where the text itself says that these are asked for.
    const among = only === 'FAILED' ? "AND outcome = 'FAILED'" : 'AND outcome = ifnull(?4, outcome)'
    const found = this.#database
      .rows(
        `SELECT kept FROM import_rows WHERE job = (SELECT number FROM import_jobs WHERE id = ?1) AND row > ?2 ${among}
         ORDER BY row LIMIT ?3`,
        [id, after, limit + 1, ...(only === 'FAILED' ? [] : [only])],
      )
      .map(([kept]): KeptOutcome => JSON.parse(text(kept)))
    return { outcomes: found.slice(0, limit), hasMore: found.length > limit }
  }

  audit(id: JobId, { after, limit }: AuditRequest): readonly AuditEntry[] {
    return this.#database
      .rows(
        `SELECT number, entry FROM import_audit WHERE job = (SELECT number FROM import_jobs WHERE id = ?) AND number > ?
         ORDER BY number LIMIT ?`,
        [id, after, limit],
      )
      .map(([number, entry]) => ({ number: Number(number), ...(JSON.parse(text(entry)) as Audited) }))
  }

  forget(endedBefore: number, max: number): Forgotten {
    const jobs = this.#database.rows(FORGETTABLE, [endedBefore, max])
    for (const [number] of jobs) {
      const job = Number(number)
      this.#database.run('INSERT INTO import_forgotten VALUES (?)', [job])
      this.#database.run('DELETE FROM import_audit WHERE job = ?', [job])
      this.#database.run('DELETE FROM import_jobs WHERE number = ?', [job])
    }
    const isRowsLeft = this.#forgetRows(max)
    const uploads = new Set(jobs.flatMap(([, upload]) => (upload == null ? [] : [text(upload)])))
    return {
      jobs: jobs.length,
      uploads: [...uploads].filter((upload) => !this.#isNamed(upload)),
      hasMore: isRowsLeft || jobs.length === max,
    }
  }

  newest(): number {
    return Number(this.#database.row('SELECT newest FROM import_store')?.[0])
  }

  #apply(
    { job: before, number, change }: KeptJob,
    event: AdministratorEvent | WorkerEvent,
    auditOf: (before: Job, after: Job) => Audited | null,
  ): TellAnswer {
    const decision = decide(before, event)
    if (!decision.decided) return { told: 'REFUSED', refusal: decision.refusal, kept: { job: before, number, change } }
    const { job, outcomes } = decision
    const kept: KeptJob = { job, number, change: this.#nextChange() }
    const { definition, ...body } = job
    this.#database.run('UPDATE import_jobs SET body = ?, state = ?, has_work = ?, change = ? WHERE number = ?', [
      ...[JSON.stringify(body), job.phase.state, Number(hasWork(job)), kept.change, number],
    ])
    if (definition !== before.definition) {
      this.#database.run('UPDATE import_jobs SET definition = ? WHERE number = ?', [JSON.stringify(definition), number])
    }
    for (const one of outcomes) {
      const { row, outcome } = one.outcome
      this.#database.run('INSERT INTO import_rows VALUES (?, ?, ?, ?)', [number, row, outcome, JSON.stringify(one)])
    }
    const audited = auditOf(before, job)
    if (audited !== null) this.#enter(number, audited)
    return { told: 'DONE', kept }
  }

  /** Whether there are more of them. */
  #forgetRows(max: number): boolean {
    const next = () => this.#database.row('SELECT job FROM import_forgotten ORDER BY job LIMIT 1')?.[0]
    let job = next()
    for (let left = max; job !== undefined && left > 0; job = next()) {
      const rows = this.#database.run(
        `DELETE FROM import_rows WHERE job = ?1 AND row <=
         (SELECT max(row) FROM (SELECT row FROM import_rows WHERE job = ?1 ORDER BY row LIMIT ?2))`,
        [Number(job), left],
      )
      if (rows < left) this.#database.run('DELETE FROM import_forgotten WHERE job = ?', [Number(job)])
      left -= rows
    }
    return job !== undefined
  }

  #isNamed(upload: string): boolean {
    const sql = `SELECT 1 FROM import_jobs WHERE definition ->> '$.source.uploadId' = ? LIMIT 1`
    return this.#database.row(sql, [upload]) !== undefined
  }

  #keepLease({ number }: KeptJob, lease: LeaseState): LeaseState {
    const { epoch, holder, beat } = lease
    this.#database.run('UPDATE import_jobs SET epoch = ?, holder = ?, beat = ? WHERE number = ?', [
      ...[epoch, holder, beat, number],
    ])
    return lease
  }

  #nextChange(): number {
    this.#database.run('UPDATE import_store SET newest = newest + 1')
    return this.newest()
  }

  #enter(job: number, entry: Audited): void {
    this.#database.run(
      'INSERT INTO import_audit SELECT ?1, coalesce(max(number), 0) + 1, ?2 FROM import_audit WHERE job = ?1',
      [job, JSON.stringify(entry)],
    )
  }
}

type Cells = readonly SQLOutputValue[]

/** `definition` and the rest are kept apart, and are one job again here. */
function foundIn(cells: Cells | undefined): Found | null {
  if (cells === undefined) return null
  const [number, definition, body, change, ...lease] = cells
  const job: Job = { ...JSON.parse(text(body)), definition: JSON.parse(text(definition)) }
  return { kept: { job, number: Number(number), change: Number(change) }, lease: leaseIn(lease) }
}

function leaseIn([epoch, holder, beat]: Cells): LeaseState {
  return { epoch: Number(epoch), holder: holder === null ? null : text(holder), beat: Number(beat) }
}

function text(cell: SQLOutputValue | undefined): string {
  if (typeof cell !== 'string') throw new TypeError('A job store lacks a text')
  return cell
}
