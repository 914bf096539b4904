/**
 * The job store on SQLite: a file that several processes of one machine may have open, each with a thread and a connection
 * of its own. SQLite takes their writes one after another and forces each.
 */

import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Channel } from '../../../schema/process/sqlite/channel.ts'
import { compiled } from '../../../schema/process/sqlite/compiled.ts'
import { StoreClosed, StoreFailed } from '../../../schema/process/store-faults.ts'
import { createTail } from '../../changes/stream/tail.ts'
import type { Clock } from '../../coordinator/environment.ts'
import { assertPage, type JobStore, type KeptJob } from '../../imports/store/job-store.ts'
import type { JobCall, JobResults } from './job-calls.ts'
import type { JobThreadOptions } from './job-thread.ts'

const LOOK_EVERY_MS = 100

export interface SqliteJobStoreOptions {
  /** Its folder is made where it is missing; other tables in it are left alone. */
  readonly file: string
  readonly clock: Pick<Clock, 'after'>
  /** How often those who wait look for what other processes changed; 100 if left out. */
  readonly lookEveryMs?: number
}

/** Rejects with StoreUnfit where the file holds jobs of another layout, with StoreFailed otherwise. */
export async function openSqliteJobStore(options: SqliteJobStoreOptions): Promise<JobStore> {
  const { clock, lookEveryMs = LOOK_EVERY_MS } = options
  const data: JobThreadOptions = { file: resolve(options.file) }
  await mkdir(dirname(data.file), { recursive: true }).catch((cause) => {
    throw new StoreFailed(`${data.file} could not be opened`, { cause })
  })
  const thread = new URL('./job-thread.js', compiled(import.meta.url))
  const channel = new Channel<JobCall, JobResults>({ name: 'The job store', thread, data })
  try {
    await channel.open()
  } catch (error) {
    await channel.close()
    throw error
  }
  return storeOn(channel, { clock, lookEveryMs })
}

function storeOn(
  channel: Channel<JobCall, JobResults>,
  waiting: { readonly clock: Pick<Clock, 'after'>; readonly lookEveryMs: number },
): JobStore {
  const newest = () => channel.call<'NEWEST'>({ call: 'NEWEST' })
  const tail = createTail({ ...waiting, look: newest })
  /** Those who wait in this process need not look. */
  const seen = <A extends object>(answer: A & { readonly kept?: KeptJob }): A => {
    if (answer.kept !== undefined) tail.reach(answer.kept.change)
    return answer
  }
  return {
    newest,
    create: async (request) => seen(await channel.call<'CREATE'>({ call: 'CREATE', request })),
    find: (id) => channel.call<'FIND'>({ call: 'FIND', id }),
    findByKey: (key) => channel.call<'FIND_BY_KEY'>({ call: 'FIND_BY_KEY', key }),
    inlineRows: (id) => channel.call<'INLINE_ROWS'>({ call: 'INLINE_ROWS', id }),
    list: async (request) => {
      assertPage(request.limit)
      return channel.call<'LIST'>({ call: 'LIST', request })
    },
    work: async (after, limit) => {
      assertPage(limit)
      return channel.call<'WORK'>({ call: 'WORK', after, limit })
    },
    acquire: (id, request) => channel.call<'ACQUIRE'>({ call: 'ACQUIRE', id, request }),
    renew: (id, lease) => channel.call<'RENEW'>({ call: 'RENEW', id, lease }),
    release: async (id, lease) => {
      await channel.call<'RELEASE'>({ call: 'RELEASE', id, lease })
    },
    tell: async (id, event, actor) => seen(await channel.call<'TELL'>({ call: 'TELL', id, event, actor })),
    record: async (id, lease, event) => seen(await channel.call<'RECORD'>({ call: 'RECORD', id, lease, event })),
    outcomes: async (id, request) => {
      assertPage(request.limit)
      return channel.call<'OUTCOMES'>({ call: 'OUTCOMES', id, request })
    },
    audit: async (id, request) => {
      assertPage(request.limit)
      return channel.call<'AUDIT'>({ call: 'AUDIT', id, request })
    },
    forget: async (endedBefore, max) => {
      assertPage(max)
      return channel.call<'FORGET'>({ call: 'FORGET', endedBefore, max })
    },
    waitBeyond: (change, signal) => tail.waitBeyond(change, signal),
    close: () => {
      tail.end(new StoreClosed('The job store is closed'))
      return channel.close()
    },
  }
}
