/**
 * The change stream on SQLite: a file that several processes of one machine may have open, each with a thread and a
 * connection of its own. SQLite takes their writes one after another and forces each.
 */

import { Buffer } from 'node:buffer'
import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { compiled } from '../../../schema/process/sqlite/compiled.ts'
import { StoreClosed, StoreFailed } from '../../../schema/process/store-faults.ts'
import { assertWhole } from '../../changes/stream/append.ts'
import { numberIn, positionOf } from '../../changes/stream/position.ts'
import type {
  AcquireAnswer,
  AcquireRequest,
  Append,
  AppendAnswer,
  Change,
  ChangeStream,
  Dropped,
  Entry,
  Lease,
  Position,
  ReadAnswer,
  ReadFrom,
  ReadRequest,
  RelayState,
  Retention,
} from '../../changes/stream/stream.ts'
import { createTail, type Tail } from '../../changes/stream/tail.ts'
import type { Clock } from '../../coordinator/environment.ts'
import type { ChangeCall, ChangeResults, StoredChange, StoredPage } from './change-calls.ts'
import type { ChangeThreadOptions } from './change-thread.ts'
import { LastingChannel } from './lasting-channel.ts'

export interface SqliteChangeStreamOptions {
  /** Its folder is made where it is missing; other tables in it are left alone. */
  readonly file: string
  readonly clock: Pick<Clock, 'after'>
  /** How often those who wait look for what other processes append; appends of this one wake them at once. */
  readonly lookEveryMs: number
}

/** Rejects with StoreUnfit where the file holds a stream of another layout, with StoreFailed otherwise. */
export async function openSqliteChangeStream(options: SqliteChangeStreamOptions): Promise<ChangeStream> {
  const { clock, lookEveryMs } = options
  const data: ChangeThreadOptions = { file: resolve(options.file) }
  await mkdir(dirname(data.file), { recursive: true }).catch((cause) => {
    throw new StoreFailed(`${data.file} could not be opened`, { cause })
  })
  const thread = new URL('./change-thread.js', compiled(import.meta.url))
  const channel = await LastingChannel.open<ChangeCall, ChangeResults>({ name: 'The change stream', thread, data })
  try {
    const name = await channel.call<'NAME'>({ call: 'NAME' })
    const look = () => channel.call<'NEWEST'>({ call: 'NEWEST' })
    return new SqliteChangeStream(name, channel, createTail({ clock, lookEveryMs, look }))
  } catch (error) {
    await channel.close()
    throw error
  }
}

class SqliteChangeStream implements ChangeStream {
  readonly #name: string
  readonly #channel: LastingChannel<ChangeCall, ChangeResults>
  readonly #tail: Tail

  constructor(name: string, channel: LastingChannel<ChangeCall, ChangeResults>, tail: Tail) {
    this.#name = name
    this.#channel = channel
    this.#tail = tail
  }

  relay(): Promise<RelayState> {
    return this.#channel.call<'RELAY'>({ call: 'RELAY' })
  }

  acquire(request: AcquireRequest): Promise<AcquireAnswer> {
    return this.#channel.call<'ACQUIRE'>({ call: 'ACQUIRE', request })
  }

  renew(lease: Lease): Promise<boolean> {
    return this.#channel.call<'RENEW'>({ call: 'RENEW', lease })
  }

  async release(lease: Lease): Promise<void> {
    await this.#channel.call<'RELEASE'>({ call: 'RELEASE', lease })
  }

  async append(append: Append): Promise<AppendAnswer> {
    assertWhole(append)
    const changes = append.changes.map(stored)
    const { answer, newest } = await this.#channel.call<'APPEND'>({ call: 'APPEND', append: { ...append, changes } })
    this.#tail.reach(newest)
    return answer
  }

  async read({ from, entriesMax, bytesMax }: ReadRequest): Promise<ReadAnswer> {
    if (!(entriesMax >= 1)) throw new RangeError(`A page of ${entriesMax} entries cannot be read`)
    const start = this.#startOf(from)
    if (start === null) return { read: 'INVALID' }
    const page = await this.#channel.call<'READ'>({ call: 'READ', read: { from: start, entriesMax, bytesMax } })
    return this.#answerOf(page)
  }

  waitBeyond(position: Position, signal: AbortSignal): Promise<void> {
    return this.#tail.waitBeyond(numberIn(this.#name, position) ?? -1, signal)
  }

  drop(retention: Retention): Promise<Dropped> {
    return this.#channel.call<'DROP'>({ call: 'DROP', retention })
  }

  close(): Promise<void> {
    this.#tail.end(new StoreClosed('The change stream is closed'))
    return this.#channel.close()
  }

  #startOf(from: ReadFrom): 'OLDEST' | 'NEWEST' | number | null {
    return typeof from === 'string' ? from : numberIn(this.#name, from.after)
  }

  #answerOf(page: StoredPage): ReadAnswer {
    switch (page.read) {
      case 'INVALID':
        return { read: 'INVALID' }
      case 'EXPIRED':
        return { read: 'EXPIRED', oldest: positionOf(this.#name, page.dropped) }
      case 'PAGE': {
        this.#tail.reach(page.newest)
        const next = page.after + page.changes.length
        return {
          read: 'PAGE',
          entries: page.changes.map((change, index) => this.#entryOf(change, page.after + index + 1)),
          start: positionOf(this.#name, page.after),
          next: positionOf(this.#name, next),
          newest: positionOf(this.#name, page.newest),
          hasMore: next < page.newest,
        }
      }
    }
  }

  #entryOf({ text, bytes }: StoredChange, number: number): Entry {
    const change: Change = JSON.parse(text)
    return { position: positionOf(this.#name, number), change, bytes }
  }
}

function stored(change: Change): StoredChange {
  const text = JSON.stringify(change)
  return { text, bytes: Buffer.byteLength(text) }
}
