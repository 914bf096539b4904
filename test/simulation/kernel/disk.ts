/**
 * A system's storage in memory, with a part that is forced and a part that is not. A group that is not forced yet is
 * lost with its process; one that was being forced when the process died is there as a whole or not at all, as a store
 * with checksummed groups finds it. What the forced part contains is what others may rely on.
 */

import { fitting } from '../../../schema/fitting.ts'
import { withoutMembers } from '../../../schema/members.ts'
import type { DrawRequest, TransactionQuery, TransactionRow, WriteImage } from '../../../schema/participant.ts'
import {
  NEVER_WRITTEN,
  type RecordKey,
  type RecordRef,
  type RecordState,
  type Row,
  type TransactionId,
  type Version,
} from '../../../schema/record.ts'
import type { Applied, Held, LedgerStorage, RowEnd, StepOutcome } from '../../../subgraphs/kit/ledger/storage.ts'
import type { Answer, Read } from '../../../subgraphs/kit/participant/gathering.ts'
import { Crash } from './crash.ts'

/** What a group did to the forced part, told once it is forced. */
export interface Forced {
  readonly rows: readonly TransactionRow[]
  readonly records: readonly ForcedRecord[]
}

export interface ForcedRecord extends RecordRef {
  readonly before: RecordState
  readonly after: RecordState
  readonly transaction: TransactionId
}

export interface DiskOptions {
  /** Called around everything that is written. Throws to refuse it, or for a process that dies. */
  readonly write: <T>(what: () => string, act: () => T) => T
  /** Whether the force that comes now is refused. */
  readonly refusesForce: () => boolean
}

/** A refusal of the storage itself, which ends the group. */
export class DiskFault extends Error {
  override readonly name = 'DiskFault'
}

const ABSENT: RecordState = { version: NEVER_WRITTEN, row: null, localVersion: 0, updatedAt: null }

export class Disk implements LedgerStorage {
  readonly #options: DiskOptions
  readonly #rows = new Map<TransactionId, TransactionRow>()
  readonly #prepared = new Set<TransactionId>()
  readonly #byKey = new Map<string, TransactionId[]>()
  readonly #tables = new Map<string, Map<RecordKey, RecordState>>()
  readonly #sequences = new Map<string, number>()
  #sequence = 0
  /** How to take back what is not forced, the last first. */
  #undo: (() => void)[] = []
  #group: { rows: Map<TransactionId, TransactionRow>; records: ForcedRecord[] } = { rows: new Map(), records: [] }
  #isForcing = false

  constructor(options: DiskOptions) {
    this.#options = options
  }

  get isForcing(): boolean {
    return this.#isForcing
  }

  begin(): void {
    this.#takeBack(0)
    this.#forget()
  }

  /** From now on, until `settle` or `crash`, the group is on its way to the forced part. */
  force(): boolean {
    if (this.#undo.length === 0) return false
    return this.#options.write(
      () => 'forces',
      () => {
        if (this.#options.refusesForce()) throw new DiskFault('the force was refused')
        this.#isForcing = true
        return true
      },
    )
  }

  /** The force is over. */
  settle(): Forced {
    const forced = { rows: [...this.#group.rows.values()], records: this.#group.records }
    this.#forget()
    return forced
  }

  /** The process is gone. `survives`: whether a group that was being forced is found complete afterwards. */
  crash(survives: boolean): Forced {
    if (this.#isForcing && survives) return this.settle()
    this.begin()
    return { rows: [], records: [] }
  }

  step<T>(step: () => T): StepOutcome<T> {
    const mark = this.#undo.length
    try {
      return { ok: true, result: step() }
    } catch (error) {
      if (error instanceof DiskFault || error instanceof Crash) throw error
      this.#takeBack(mark)
      return { ok: false, cause: String(error) }
    }
  }

  held(id: TransactionId): Held | undefined {
    return this.#rows.get(id)
  }

  find(id: TransactionId): TransactionRow | undefined {
    return this.#rows.get(id)
  }

  prepared(): readonly TransactionRow[] {
    return [...this.#prepared].flatMap((id) => this.#rows.get(id) ?? [])
  }

  lastSequence(): number {
    return this.#sequence
  }

  insert(row: TransactionRow): void {
    this.#options.write(
      () => `notes ${row.state}`,
      () => {
        if (this.#rows.has(row.id)) throw new Error(`${row.id} is held already`)
        this.#putRow(row)
      },
    )
  }

  end(id: TransactionId, { state, sequence, at, leftOut }: RowEnd): void {
    this.#options.write(
      () => `notes ${state}`,
      () => {
        const row = this.#rows.get(id)
        if (row?.state !== 'PREPARED') throw new Error(`${id} is not prepared`)
        const { leftOut: _, ...whole } = row
        const some = leftOut.length > 0 ? { leftOut } : {}
        const writes = withoutMembers(row.writes, leftOut)
        this.#putRow({ ...whole, ...some, writes, state, sequence, completedAt: at })
      },
    )
  }

  state({ table, key }: RecordRef): RecordState {
    return this.#tables.get(table)?.get(key) ?? ABSENT
  }

  /** Records that are there, in key order. */
  records(table: string): readonly { readonly key: RecordKey; readonly state: RecordState }[] {
    const there = [...(this.#tables.get(table) ?? [])].flatMap(([key, state]) =>
      state.row === null ? [] : [{ key, state }],
    )
    return there.sort((one, other) => (one.key < other.key ? -1 : 1))
  }

  answer({ table, by, limit }: Read): Answer {
    const found = 'key' in by ? this.#byRecordKey(table, by.key) : this.#where(table, by.where)
    const kept = limit === null ? found : found.slice(0, limit)
    return { keys: kept.map(({ key }) => key), rows: kept.map(({ row }) => row) }
  }

  apply(images: readonly WriteImage[], { transaction, at }: Applied): void {
    for (const image of images) {
      this.#options.write(
        () => `writes ${image.table}`,
        () => this.#put(image, stateAfter(image, this.state(image), transaction, at), transaction),
      )
    }
  }

  draw({ sequence, count }: DrawRequest): number {
    const last = this.#sequences.get(sequence) ?? 0
    this.#sequences.set(sequence, last + count)
    this.#undo.push(() => void this.#sequences.set(sequence, last))
    return last + count
  }

  look(query: TransactionQuery): readonly TransactionRow[] {
    switch (query.by) {
      case 'ID':
        return [this.#rows.get(query.id) ?? []].flat()
      case 'IDEMPOTENCY_KEY':
        return (this.#byKey.get(query.key) ?? []).flatMap((id) => this.#rows.get(id) ?? [])
      case 'IN_DOUBT':
        return this.prepared().filter((row) => row.deadline < query.deadlineBefore)
      case 'COMMITTED_AFTER':
        return this.#committedAfter(query)
      case 'LAST_COMMITTED':
        throw new Error('nobody takes snapshots here')
      case 'RECENT':
        throw new Error('nobody lists transactions here')
    }
  }

  #committedAfter({
    sequence,
    limit,
    bytesMax,
  }: Extract<TransactionQuery, { by: 'COMMITTED_AFTER' }>): readonly TransactionRow[] {
    const rows = [...this.#rows.values()]
      .filter((row) => (row.sequence ?? 0) > sequence)
      .sort((one, other) => (one.sequence ?? 0) - (other.sequence ?? 0))
      .slice(0, limit)
    const lengths = rows.map(({ writes }) => Buffer.byteLength(JSON.stringify(writes)))
    return rows.slice(0, fitting(lengths, bytesMax))
  }

  #byRecordKey(table: string, key: RecordKey): readonly { readonly key: RecordKey; readonly row: Row }[] {
    const { row } = this.state({ table, key })
    return row === null ? [] : [{ key, row }]
  }

  #where(table: string, where: Row): readonly { readonly key: RecordKey; readonly row: Row }[] {
    const wanted = Object.entries(where)
    return this.records(table).flatMap(({ key, state: { row } }) =>
      row !== null && wanted.every(([column, value]) => (row[column] ?? null) === value) ? [{ key, row }] : [],
    )
  }

  #putRow(row: TransactionRow): void {
    const before = this.#rows.get(row.id)
    const sequence = this.#sequence
    this.#rows.set(row.id, row)
    if (row.state === 'PREPARED') this.#prepared.add(row.id)
    else this.#prepared.delete(row.id)
    this.#sequence = row.sequence ?? sequence
    const key = row.idempotency?.key
    const attempts = key === undefined ? [] : (this.#byKey.get(key) ?? [])
    if (key !== undefined && before === undefined) this.#byKey.set(key, [...attempts, row.id])
    this.#group.rows.set(row.id, row)
    this.#undo.push(() => {
      this.#sequence = sequence
      this.#group.rows.delete(row.id)
      if (before === undefined) {
        this.#rows.delete(row.id)
        this.#prepared.delete(row.id)
        if (key !== undefined) this.#byKey.set(key, attempts)
      } else {
        this.#rows.set(row.id, before)
        if (before.state === 'PREPARED') this.#prepared.add(row.id)
      }
    })
  }

  #put({ table, key }: RecordRef, after: RecordState, transaction: TransactionId): void {
    const records = this.#tables.get(table) ?? new Map<RecordKey, RecordState>()
    this.#tables.set(table, records)
    const before = records.get(key)
    records.set(key, after)
    this.#group.records.push({ table, key, before: before ?? ABSENT, after, transaction })
    this.#undo.push(() => {
      this.#group.records.pop()
      if (before === undefined) records.delete(key)
      else records.set(key, before)
    })
  }

  #takeBack(mark: number): void {
    for (const undo of this.#undo.splice(mark).reverse()) undo()
  }

  #forget(): void {
    this.#undo = []
    this.#group = { rows: new Map(), records: [] }
    this.#isForcing = false
  }
}

function stateAfter(image: WriteImage, state: RecordState, transaction: TransactionId, at: number): RecordState {
  if ((image.before === null) !== (state.row === null))
    throw new Error(`${image.table} ${image.key} is not as it was prepared`)
  const isSynchronised = image.revision > image.base.revision
  const version: Version = isSynchronised ? { revision: image.revision, transaction } : image.base
  if (image.after === null) return { ...ABSENT, version }
  const localVersion = (image.before === null ? 0 : state.localVersion) + (isSynchronised ? 0 : 1)
  return { version, row: image.after, localVersion, updatedAt: at }
}
