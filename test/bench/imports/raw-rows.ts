/**
 * What an import is measured against: the rows that it left in the two stores, put into tables like theirs with nothing
 * around it, in transactions of 1,000 that are forced. Each store has a thread and a file of its own, as in the product.
 */

import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

export interface Raw {
  /** One store as an import left it, before and after another one changed the same records. */
  readonly created: string
  readonly updated: string
  /** A file that is not there yet. */
  readonly target: string
  readonly table: string
  /** Of the column that tells which rows were imported, and what its values begin with. */
  readonly column: string
  readonly prefix: string
}

export interface RawTimes {
  readonly rows: number
  readonly createMs: number
  readonly updateMs: number
}

const GROUP = 1_000

/** Both stores at once; the slower one's times. */
export async function measureRawRows(stores: readonly Raw[]): Promise<RawTimes> {
  const times = await Promise.all(stores.map(inThread))
  return {
    rows: Math.min(...times.map(({ rows }) => rows)),
    createMs: Math.max(...times.map(({ createMs }) => createMs)),
    updateMs: Math.max(...times.map(({ updateMs }) => updateMs)),
  }
}

function inThread(store: Raw): Promise<RawTimes> {
  const answer = Promise.withResolvers<RawTimes>()
  const worker = new Worker(new URL(import.meta.url), { workerData: store })
  worker.once('message', answer.resolve)
  worker.once('error', answer.reject)
  return answer.promise
}

type StoredRow = Readonly<Record<string, SQLInputValue>>

function carryOut({ created, updated, target, table, column, prefix }: Raw): RawTimes {
  using database = new DatabaseSync(target)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  layOutLike(database, created, table)
  let rows = 0
  const createMs = inGroups(database, rowsIn(created, table, column, prefix), ([first = {}]) => {
    const names = Object.keys(first)
    const insert = database.prepare(`INSERT INTO "${table}" (${list(names)}) VALUES (${names.map(() => '?').join()})`)
    return (row) => {
      rows += 1
      insert.run(...names.map((name) => row[name] ?? null))
    }
  })
  const updateMs = inGroups(database, rowsIn(updated, table, column, prefix), ([first = {}]) => {
    const before = database.prepare(`SELECT * FROM "${table}" WHERE _key = ?`).get(first['_key'] ?? null) ?? {}
    const names = Object.keys(first).filter((name) => first[name] !== before[name])
    const update = database.prepare(`UPDATE "${table}" SET ${names.map((name) => `"${name}" = ?`)} WHERE _key = ?`)
    return (row) => void update.run(...[...names, '_key'].map((name) => row[name] ?? null))
  })
  return { rows, createMs, updateMs }
}

/** The table with its indexes. */
function layOutLike(database: DatabaseSync, source: string, table: string): void {
  using original = new DatabaseSync(source, { readOnly: true })
  const statements = original.prepare('SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL').all(table)
  for (const { sql } of statements) database.exec(String(sql))
}

/** The time of the writes alone, in milliseconds. */
function inGroups(
  database: DatabaseSync,
  groups: Iterable<readonly StoredRow[]>,
  writerFor: (group: readonly StoredRow[]) => (row: StoredRow) => void,
): number {
  let ms = 0
  let write: ((row: StoredRow) => void) | null = null
  for (const group of groups) {
    const begun = performance.now()
    database.exec('BEGIN IMMEDIATE')
    write ??= writerFor(group)
    for (const row of group) write(row)
    database.exec('COMMIT')
    ms += performance.now() - begun
  }
  return ms
}

function* rowsIn(source: string, table: string, column: string, prefix: string): Generator<readonly StoredRow[]> {
  using database = new DatabaseSync(source, { readOnly: true })
  const page = database.prepare(
    `SELECT rowid AS "#", * FROM "${table}" WHERE rowid > ? AND "${column}" LIKE ? ORDER BY rowid LIMIT ${GROUP}`,
  )
  let last: SQLInputValue = 0
  for (;;) {
    const found: readonly StoredRow[] = page.all(last, `${prefix}%`)
    if (found.length === 0) return
    last = found.at(-1)?.['#'] ?? last
    yield found.map(({ '#': _, ...row }) => row)
  }
}

const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')

if (!isMainThread) {
  const store: Raw = workerData
  parentPort?.postMessage(carryOut(store))
}
