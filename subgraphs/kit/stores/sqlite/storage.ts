/** A ledger's storage on SQLite: a group is a transaction, a step a savepoint, and the forced write SQLite's commit. */

import type { DrawRequest, TransactionRow, WriteImage } from '../../../../schema/participant.ts'
import type { Database } from '../../../../schema/process/sqlite/database.ts'
import type { RecordRef, RecordState, TransactionId } from '../../../../schema/record.ts'
import type { Applied, Held, LedgerStorage, RowEnd, StepOutcome } from '../../ledger/storage.ts'
import type { Answer, Read } from '../../participant/gathering.ts'
import type { SystemModel } from '../../participant/system-model.ts'
import { Records } from './records.ts'
import { redo } from './redo.ts'
import { endRow, findRow, held, insertRow, lastSequence, preparedRows } from './transactions.ts'

const SQLITE_CONSTRAINT = 19

export class SqliteStorage implements LedgerStorage {
  readonly #database: Database
  readonly #system: SystemModel
  readonly #records: Records
  #changesBefore = 0

  constructor(database: Database, system: SystemModel) {
    this.#database = database
    this.#system = system
    this.#records = new Records(database, system)
  }

  begin(): void {
    if (this.#database.isInTransaction) this.#database.run('ROLLBACK')
    this.#database.run('BEGIN IMMEDIATE')
    this.#changesBefore = this.#changes()
  }

  force(): boolean {
    const hasChanged = this.#changes() !== this.#changesBefore
    this.#database.run('COMMIT')
    return hasChanged
  }

  step<T>(step: () => T): StepOutcome<T> {
    this.#database.run('SAVEPOINT step')
    try {
      const result = step()
      this.#database.run('RELEASE step')
      return { ok: true, result }
    } catch (error) {
      if (!isOfTheStep(error) || !this.#database.isInTransaction) throw error
      this.#database.run('ROLLBACK TO step')
      this.#database.run('RELEASE step')
      return { ok: false, cause: String(error) }
    }
  }

  held(id: TransactionId): Held | undefined {
    return held(this.#database, id)
  }

  find(id: TransactionId): TransactionRow | undefined {
    return findRow(this.#database, id)
  }

  prepared(): readonly TransactionRow[] {
    return preparedRows(this.#database)
  }

  lastSequence(): number {
    return lastSequence(this.#database)
  }

  insert(row: TransactionRow): void {
    insertRow(this.#database, row)
  }

  end(id: TransactionId, end: RowEnd): void {
    endRow(this.#database, id, end)
  }

  state(ref: RecordRef): RecordState {
    return this.#records.state(ref)
  }

  answer(read: Read): Answer {
    return this.#records.answer(read)
  }

  apply(images: readonly WriteImage[], applied: Applied): void {
    redo(this.#database, this.#system, images, applied)
  }

  draw({ sequence, count }: DrawRequest): number {
    const [last] =
      this.#database.row(
        `INSERT INTO sequences VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET last = last + excluded.last
         RETURNING last`,
        [sequence, count],
      ) ?? []
    return Number(last)
  }

  #changes(): number {
    return Number(this.#database.row('SELECT total_changes()')?.[0])
  }
}

/** A violated constraint or a throwing rule concerns one call; anything else that SQLite says concerns the file. */
function isOfTheStep(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return true
  return typeof error.errcode === 'number' && (error.errcode & 0xff) === SQLITE_CONSTRAINT
}
