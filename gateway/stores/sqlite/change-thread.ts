/** The worker thread of a change stream. */

import { parentPort, workerData } from 'node:worker_threads'
import type { ChangeCall, ChangeResults } from './change-calls.ts'
import { ChangeTables } from './change-tables.ts'
import { serveCalls } from './serve-calls.ts'

export interface ChangeThreadOptions {
  readonly file: string
}

const { file }: ChangeThreadOptions = workerData

serveCalls<ChangeCall, ChangeResults[ChangeCall['call']], ChangeTables>({
  ...{ port: parentPort, file, isWrite, resultOf },
  layOut: (database) => {
    const tables = new ChangeTables(database)
    tables.layOut()
    return tables
  },
})

function isWrite({ call }: ChangeCall): boolean {
  switch (call) {
    case 'ACQUIRE':
    case 'RENEW':
    case 'RELEASE':
    case 'APPEND':
    case 'DROP':
      return true
    case 'NAME':
    case 'RELAY':
    case 'READ':
    case 'NEWEST':
      return false
  }
}

function resultOf(tables: ChangeTables, call: ChangeCall): ChangeResults[ChangeCall['call']] {
  switch (call.call) {
    case 'NAME':
      return tables.name()
    case 'RELAY':
      return tables.relay()
    case 'ACQUIRE':
      return tables.acquire(call.request)
    case 'RENEW':
      return tables.renew(call.lease)
    case 'RELEASE':
      return tables.release(call.lease)
    case 'APPEND':
      return tables.append(call.append)
    case 'READ':
      return tables.read(call.read)
    case 'NEWEST':
      return tables.newest()
    case 'DROP':
      return tables.drop(call.retention)
  }
}
