/**
 * A change stream in SQLite tables. Each method is a step of a transaction that its caller begins and ends; it decides
 * before it writes, so a refusal leaves nothing behind.
 */

import type { SQLOutputValue } from 'node:sqlite'
import type { Database } from '../../../schema/process/sqlite/database.ts'
import { StoreUnfit } from '../../../schema/process/store-faults.ts'
import { decideAppend } from '../../changes/stream/append.ts'
import { alive, granted, isGranted, isHeld, UNTOUCHED } from '../../changes/stream/lease.ts'
import { type Edges, startOf } from '../../changes/stream/position.ts'
import { droppableAmong } from '../../changes/stream/retention.ts'
import type {
  AcquireAnswer,
  AcquireRequest,
  Dropped,
  Lease,
  RelayState,
  Retention,
} from '../../changes/stream/stream.ts'
import type { StoredAppend, StoredAppended, StoredChange, StoredPage, StoredRead } from './change-calls.ts'

const LAYOUT = 1
/** Entries that one call drops at most, so that nobody waits long for it. */
const DROPPED_MAX = 2_000

/** The names begin with `change_`: the file holds other things of the gateway, too. `end` counts bytes, see KeptEntry. */
const TABLES = `
CREATE TABLE IF NOT EXISTS change_stream (
  single INTEGER NOT NULL PRIMARY KEY CHECK (single = 1), layout INTEGER NOT NULL, name TEXT NOT NULL,
  dropped INTEGER NOT NULL, newest INTEGER NOT NULL, newest_end INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS change_relay (
  single INTEGER NOT NULL PRIMARY KEY CHECK (single = 1), progress TEXT NOT NULL, version INTEGER NOT NULL,
  epoch INTEGER NOT NULL, holder TEXT, beat INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS change_entries (
  number INTEGER NOT NULL PRIMARY KEY, appended_at INTEGER NOT NULL, bytes INTEGER NOT NULL, "end" INTEGER NOT NULL,
  change TEXT NOT NULL
) STRICT;
`

interface Extent extends Edges {
  /** Bytes of all entries ever appended. */
  readonly newestEnd: number
}

export class ChangeTables {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Creates what is missing; throws StoreUnfit for tables of another version. */
  layOut(): void {
    this.#database.execute(TABLES)
    this.#database.run('INSERT OR IGNORE INTO change_stream VALUES (1, ?, lower(hex(randomblob(8))), 0, 0, 0)', [
      LAYOUT,
    ])
    const [layout] = this.#database.row('SELECT layout FROM change_stream') ?? []
    if (layout !== LAYOUT) throw new StoreUnfit(`The change stream has layout ${String(layout)}, not ${LAYOUT}`)
  }

  /** Drawn when the tables were made, so that no position of one stream passes for one of another. */
  name(): string {
    return text(this.#database.row('SELECT name FROM change_stream')?.[0])
  }

  relay(): RelayState {
    const cells = this.#database.row('SELECT progress, version, epoch, holder, beat FROM change_relay')
    if (cells === undefined) return UNTOUCHED
    const [progress, version, epoch, holder, beat] = cells
    return {
      ...{ progress: JSON.parse(text(progress)), version: Number(version) },
      ...{ epoch: Number(epoch), holder: holder === null ? null : text(holder), beat: Number(beat) },
    }
  }

  acquire(request: AcquireRequest): AcquireAnswer {
    const state = this.relay()
    if (!isGranted(state, request)) return { acquire: 'HELD', state }
    return { acquire: 'GRANTED', state: this.#keep(granted(state, request)) }
  }

  renew(lease: Lease): boolean {
    const state = this.relay()
    if (!isHeld(state, lease)) return false
    this.#keep(alive(state))
    return true
  }

  release(lease: Lease): null {
    const state = this.relay()
    if (isHeld(state, lease)) this.#keep({ ...state, holder: null })
    return null
  }

  append({ changes, now, ...step }: StoredAppend): StoredAppended {
    const answer = decideAppend(this.relay(), step)
    const { newest, newestEnd } = this.#extent()
    if (answer.append !== 'APPENDED') return { answer, newest }
    let end = newestEnd
    for (const [index, { text, bytes }] of changes.entries()) {
      end += bytes
      const row = [newest + index + 1, now, bytes, end, text]
      this.#database.run('INSERT INTO change_entries VALUES (?, ?, ?, ?, ?)', row)
    }
    const last = newest + changes.length
    this.#database.run('UPDATE change_stream SET newest = ?, newest_end = ?', [last, end])
    this.#keep(answer.state)
    return { answer, newest: last }
  }

  read({ from, entriesMax, bytesMax }: StoredRead): StoredPage {
    const extent = this.#extent()
    const start = startOf(from, extent)
    if (start.start !== 'AT') {
      return start.start === 'EXPIRED' ? { read: 'EXPIRED', dropped: extent.dropped } : { read: 'INVALID' }
    }
    const { number: after } = start
    return { read: 'PAGE', after, newest: extent.newest, changes: this.#following(after, entriesMax, bytesMax) }
  }

  newest(): number {
    return this.#extent().newest
  }

  drop(retention: Retention): Dropped {
    const { dropped, newest, newestEnd } = this.#extent()
    const oldest = this.#database
      .rows('SELECT appended_at, bytes, "end" FROM change_entries ORDER BY number LIMIT ?', [DROPPED_MAX])
      .map(([appendedAt, bytes, end]) => ({ appendedAt: Number(appendedAt), bytes: Number(bytes), end: Number(end) }))
    const entries = droppableAmong(oldest, newestEnd, retention)
    const last = dropped + entries
    if (entries > 0) {
      this.#database.run('DELETE FROM change_entries WHERE number <= ?', [last])
      this.#database.run('UPDATE change_stream SET dropped = ?', [last])
    }
    return { entries, isDone: entries < oldest.length || last === newest }
  }

  /** The numbers of what is kept have no holes, so the bounds of the range bound the work. */
  #following(after: number, entriesMax: number, bytesMax: number): readonly StoredChange[] {
    return this.#database
      .rows(
        `SELECT change, bytes FROM change_entries WHERE number > ?1 AND number <= ?1 + ?2 AND (number = ?1 + 1 OR "end" <=
         (SELECT "end" - bytes FROM change_entries WHERE number = ?1 + 1) + ?3) ORDER BY number`,
        [after, entriesMax, bytesMax],
      )
      .map(([change, bytes]) => ({ text: text(change), bytes: Number(bytes) }))
  }

  #extent(): Extent {
    const [dropped, newest, newestEnd] =
      this.#database.row('SELECT dropped, newest, newest_end FROM change_stream') ?? []
    return { dropped: Number(dropped), newest: Number(newest), newestEnd: Number(newestEnd) }
  }

  #keep(state: RelayState): RelayState {
    const { progress, version, epoch, holder, beat } = state
    this.#database.run('INSERT OR REPLACE INTO change_relay VALUES (1, ?, ?, ?, ?, ?)', [
      ...[JSON.stringify(progress), version, epoch, holder, beat],
    ])
    return state
  }
}

function text(cell: SQLOutputValue | undefined): string {
  if (typeof cell !== 'string') throw new TypeError('A change stream lacks a text')
  return cell
}
