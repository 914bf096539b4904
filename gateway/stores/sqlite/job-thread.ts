/** The worker thread of a job store. */

import { parentPort, workerData } from 'node:worker_threads'
import type { JobCall, JobResults } from './job-calls.ts'
import { JobTables } from './job-tables.ts'
import { serveCalls } from './serve-calls.ts'

export interface JobThreadOptions {
  readonly file: string
}

const { file }: JobThreadOptions = workerData

serveCalls<JobCall, JobResults[JobCall['call']], JobTables>({
  ...{ port: parentPort, file, isWrite, resultOf },
  layOut: (database) => {
    const tables = new JobTables(database)
    tables.layOut()
    return tables
  },
})

function isWrite({ call }: JobCall): boolean {
  switch (call) {
    case 'CREATE':
    case 'ACQUIRE':
    case 'RENEW':
    case 'RELEASE':
    case 'TELL':
    case 'RECORD':
    case 'FORGET':
      return true
    case 'FIND':
    case 'FIND_BY_KEY':
    case 'INLINE_ROWS':
    case 'LIST':
    case 'WORK':
    case 'OUTCOMES':
    case 'AUDIT':
    case 'NEWEST':
      return false
  }
}

function resultOf(tables: JobTables, call: JobCall): JobResults[JobCall['call']] {
  switch (call.call) {
    case 'CREATE':
      return tables.create(call.request)
    case 'FIND':
      return tables.find(call.id)?.kept ?? null
    case 'FIND_BY_KEY':
      return tables.findByKey(call.key)?.kept ?? null
    case 'INLINE_ROWS':
      return tables.inlineRows(call.id)
    case 'LIST':
      return tables.list(call.request)
    case 'WORK':
      return tables.work(call.after, call.limit)
    case 'ACQUIRE':
      return tables.acquire(call.id, call.request)
    case 'RENEW':
      return tables.renew(call.id, call.lease)
    case 'RELEASE':
      return tables.release(call.id, call.lease)
    case 'TELL':
      return tables.tell(call.id, call.event, call.actor)
    case 'RECORD':
      return tables.record(call.id, call.lease, call.event)
    case 'OUTCOMES':
      return tables.outcomes(call.id, call.request)
    case 'AUDIT':
      return tables.audit(call.id, call.request)
    case 'FORGET':
      return tables.forget(call.endedBefore, call.max)
    case 'NEWEST':
      return tables.newest()
  }
}
