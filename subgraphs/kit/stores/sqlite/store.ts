/** The embedded record store: one SQLite file, a thread that writes it and a thread that reads it. */

import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type {
  CommitRequest,
  Derivation,
  DrawRequest,
  FenceAnswer,
  FenceRequest,
  PrepareRequest,
  SelectedRecord,
  Selection,
  SystemDescription,
  TransactionQuery,
  TransactionRow,
  Violation,
  Vote,
} from '../../../../schema/participant.ts'
import { Channel } from '../../../../schema/process/sqlite/channel.ts'
import { compiled } from '../../../../schema/process/sqlite/compiled.ts'
import { StoreFailed } from '../../../../schema/process/store-faults.ts'
import type { RecordKey, RecordRef, RecordState, System, TransactionId } from '../../../../schema/record.ts'
import type { TableDefinition } from '../../../../schema/table.ts'
import { tablesDigest } from '../../../../schema/table-digest.ts'
import type { Statistics, WriterCall, WriterResults } from '../../ledger/calls.ts'
import type { GroupedQuery, RecordQuery, RecordStore, StoredRecord } from '../record-store.ts'
import { type FileLock, lockFile } from './file-lock.ts'
import type { BusinessLogic, ReaderCall, ReaderResults, WorkerOptions } from './messages.ts'

export type { BusinessLogic } from './messages.ts'

const LOCK_WAIT_MS = 250

export interface SqliteStoreOptions {
  readonly system: System
  /** Its folder is made where it is missing. */
  readonly file: string
  readonly tables: readonly TableDefinition[]
  /** Null where no table names a rule or computation. */
  readonly logic: BusinessLogic | null
  /** How long a prepare waits for a lock at most; 250 if left out. */
  readonly lockWaitMs?: number
}

/**
 * Rejects with StoreInUse where the file is open elsewhere, with StoreUnfit where it does not go with the tables, with
 * StoreFailed otherwise.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<RecordStore> {
  const file = resolve(options.file)
  await mkdir(dirname(file), { recursive: true }).catch((cause) => {
    throw new StoreFailed(`${file} could not be opened`, { cause })
  })
  const lock = lockFile(file)
  const { system, tables, logic, lockWaitMs = LOCK_WAIT_MS } = options
  const found = logic === null ? null : compiledLogic(logic)
  const workerOptions = (role: WorkerOptions['role']): WorkerOptions => ({
    ...{ role, system, file, tables, logic: found, lockWaitMs },
  })
  const channel = { name: `The ${system} store`, thread: new URL('./thread.js', compiled(import.meta.url)) }
  const writer = new Channel<WriterCall, WriterResults>({ ...channel, data: workerOptions('WRITER') })
  const reader = new Channel<ReaderCall, ReaderResults>({ ...channel, data: workerOptions('READER') })
  try {
    await writer.open()
    await reader.open()
    return new SqliteStore({ system, tables, digest: tablesDigest(tables) }, writer, reader, lock)
  } catch (error) {
    await Promise.all([writer.close(), reader.close()])
    lock.release()
    throw error
  }
}

function compiledLogic({ rules, computations }: BusinessLogic): BusinessLogic {
  return {
    rules: { ...rules, module: compiled(rules.module) },
    computations: { ...computations, module: compiled(computations.module) },
  }
}

class SqliteStore implements RecordStore {
  readonly system: System
  readonly #description: SystemDescription
  readonly #writer: Channel<WriterCall, WriterResults>
  readonly #reader: Channel<ReaderCall, ReaderResults>
  readonly #lock: FileLock
  readonly #commitListeners: (() => void)[] = []
  #closed: Promise<void> | null = null

  constructor(
    description: SystemDescription,
    writer: Channel<WriterCall, WriterResults>,
    reader: Channel<ReaderCall, ReaderResults>,
    lock: FileLock,
  ) {
    this.system = description.system
    this.#description = description
    this.#writer = writer
    this.#reader = reader
    this.#lock = lock
  }

  prepare(requests: readonly PrepareRequest[]): readonly Promise<Vote>[] {
    return requests.map(async (request) => {
      const vote = await this.#writer.call<'PREPARE'>({ call: 'PREPARE', request })
      if (vote.vote === 'YES' && vote.state === 'COMMITTED') this.#tellOfCommit()
      return vote
    })
  }

  commit(requests: readonly CommitRequest[]): readonly Promise<void>[] {
    return requests.map(async (request) => {
      await this.#writer.call<'COMMIT'>({ call: 'COMMIT', request })
      this.#tellOfCommit()
    })
  }

  abort(ids: readonly TransactionId[]): readonly Promise<void>[] {
    return ids.map(async (id) => void (await this.#writer.call<'ABORT'>({ call: 'ABORT', id })))
  }

  fence(requests: readonly FenceRequest[]): readonly Promise<FenceAnswer>[] {
    return requests.map((request) => this.#writer.call<'FENCE'>({ call: 'FENCE', request }))
  }

  draw(requests: readonly DrawRequest[]): readonly Promise<number>[] {
    return requests.map((request) => this.#writer.call<'DRAW'>({ call: 'DRAW', request }))
  }

  check(requests: readonly PrepareRequest[]): readonly Promise<readonly Violation[]>[] {
    return requests.map((request) => this.#reader.call<'CHECK'>({ call: 'CHECK', request }))
  }

  derive(requests: readonly PrepareRequest[]): readonly Promise<readonly Derivation[]>[] {
    return requests.map((request) => this.#reader.call<'DERIVE'>({ call: 'DERIVE', request }))
  }

  look(query: TransactionQuery): Promise<readonly TransactionRow[]> {
    return this.#reader.call<'LOOK'>({ call: 'LOOK', query })
  }

  read(refs: readonly RecordRef[]): Promise<readonly RecordState[]> {
    return this.#reader.call<'READ'>({ call: 'READ', refs })
  }

  select(selections: readonly Selection[]): Promise<readonly (readonly SelectedRecord[])[]> {
    return this.#reader.call<'SELECT'>({ call: 'SELECT', selections })
  }

  describe(): Promise<SystemDescription> {
    return Promise.resolve(this.#description)
  }

  get(table: string, keys: readonly RecordKey[]): Promise<readonly (StoredRecord | null)[]> {
    return this.#reader.call<'GET'>({ call: 'GET', table, keys })
  }

  query(query: RecordQuery): Promise<readonly StoredRecord[]> {
    return this.#reader.call<'QUERY'>({ call: 'QUERY', query })
  }

  queryGroups(query: GroupedQuery): Promise<readonly (readonly StoredRecord[])[]> {
    return this.#reader.call<'QUERY_GROUPS'>({ call: 'QUERY_GROUPS', query })
  }

  count(query: Pick<RecordQuery, 'table' | 'where'>): Promise<number> {
    return this.#reader.call<'COUNT'>({ call: 'COUNT', query })
  }

  countGroups(query: Pick<GroupedQuery, 'table' | 'where' | 'groupBy'>): Promise<readonly number[]> {
    return this.#reader.call<'COUNT_GROUPS'>({ call: 'COUNT_GROUPS', query })
  }

  statistics(): Promise<Statistics> {
    return this.#writer.call<'STATISTICS'>({ call: 'STATISTICS' })
  }

  onCommit(listener: () => void): void {
    this.#commitListeners.push(listener)
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeOnce()
    return this.#closed
  }

  #tellOfCommit(): void {
    for (const listener of this.#commitListeners) listener()
  }

  async #closeOnce(): Promise<void> {
    await this.#reader.close()
    await this.#writer.close()
    this.#lock.release()
  }
}
