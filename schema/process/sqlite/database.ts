/** A connection with its statements, each prepared once. */

import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { StoreUnfit } from '../store-faults.ts'

const STATEMENTS_MAX = 500
const SYNCHRONOUS_FULL = 2
const CHECKPOINT_PAGES = 4_000
const BUSY_MS = 1_000
const SQLITE_BUSY = 5
const SWITCHES_MAX = 20
const SWITCH_PAUSE_MS = 25

export type SqlValue = string | number | bigint | null

type Cells = readonly SQLOutputValue[]

export class Database {
  readonly #connection: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  /** `WRITE` makes every commit a forced write, and throws StoreUnfit where SQLite does not agree to that. */
  constructor(file: string, mode: 'WRITE' | 'READ') {
    this.#connection = new DatabaseSync(file, { readOnly: mode === 'READ' })
    this.#connection.exec(`PRAGMA busy_timeout = ${BUSY_MS}`)
    if (mode === 'READ') return
    this.#switchToWal()
    this.#connection.exec('PRAGMA synchronous = FULL')
    this.#connection.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    const [journal] = this.row('PRAGMA journal_mode') ?? []
    const [synchronous] = this.row('PRAGMA synchronous') ?? []
    if (journal === 'wal' && synchronous === SYNCHRONOUS_FULL) return
    this.#connection.close()
    throw new StoreUnfit(`SQLite cannot force its commits in ${file}`)
  }

  get isInTransaction(): boolean {
    return this.#connection.isTransaction
  }

  /** Rows as cells in the order of the selected columns. */
  rows(sql: string, parameters: readonly SqlValue[] = []): readonly Cells[] {
    const rows: unknown[] = this.#prepared(sql).all(...parameters)
    return rows.filter((row) => Array.isArray(row))
  }

  row(sql: string, parameters: readonly SqlValue[] = []): Cells | undefined {
    const row: unknown = this.#prepared(sql).get(...parameters)
    return Array.isArray(row) ? row : undefined
  }

  /** How many rows were changed. */
  run(sql: string, parameters: readonly SqlValue[] = []): number {
    return Number(this.#prepared(sql).run(...parameters).changes)
  }

  /** For statements that are executed seldom. */
  execute(sql: string): void {
    this.#connection.exec(sql)
  }

  close(): void {
    this.#statements.clear()
    this.#connection.close()
  }

  /**
   * Where several switch a new file at once, SQLite does not let all wait, because they would wait for each other: it
   * refuses some, and for one of the others it goes on.
   */
  #switchToWal(): void {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#connection.exec('PRAGMA journal_mode = WAL')
        return
      } catch (error) {
        if (attempt === SWITCHES_MAX || !isBusy(error)) throw error
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SWITCH_PAUSE_MS)
      }
    }
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#connection.prepare(sql)
    statement.setReturnArrays(true)
    // Filters make ever new texts: the one prepared longest ago makes room.
    const [oldest] = this.#statements.keys()
    if (this.#statements.size >= STATEMENTS_MAX && oldest !== undefined) this.#statements.delete(oldest)
    this.#statements.set(sql, statement)
    return statement
  }
}

function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false
  return typeof error.errcode === 'number' && (error.errcode & 0xff) === SQLITE_BUSY
}
