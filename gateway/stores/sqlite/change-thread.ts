/** The worker thread of a change stream: its forced writes keep nobody else waiting. */

import { parentPort, workerData } from 'node:worker_threads'
import type { Answered, Posted } from '../../../schema/process/numbered-calls.ts'
import { Database } from '../../../schema/process/sqlite/database.ts'
import type { FromWorker, ToWorker } from '../../../schema/process/sqlite/messages.ts'
import { StoreUnfit } from '../../../schema/process/store-faults.ts'
import type { ChangeCall, ChangeResults } from './change-calls.ts'
import { ChangeTables } from './change-tables.ts'

type Result = ChangeResults[ChangeCall['call']]

export interface ChangeThreadOptions {
  readonly file: string
}

interface Opened {
  readonly database: Database
  readonly tables: ChangeTables
}

const { file }: ChangeThreadOptions = workerData
if (parentPort === null) throw new Error('This module runs as a worker thread')
const port = parentPort

port.once('message', (message: ToWorker<never>) => {
  if (message.message === 'OPEN') open()
  else port.close()
})

function open(): void {
  let database: Database | null = null
  try {
    database = new Database(file, 'WRITE')
    const tables = new ChangeTables(database)
    inTransaction(database, 'BEGIN IMMEDIATE', () => tables.layOut())
    serve({ database, tables })
    post({ message: 'READY' })
  } catch (error) {
    database?.close()
    post({ message: 'REFUSED', isUnfit: error instanceof StoreUnfit, cause: String(error) })
    port.close()
  }
}

/** What arrives together is forced together; its reads see its writes. */
function serve(opened: Opened): void {
  port.on('message', (message: ToWorker<ChangeCall>) => {
    if (message.message === 'CLOSE') {
      opened.database.close()
      port.close()
    } else if (message.message === 'CALLS') {
      const { writes = [], reads = [] } = Object.groupBy(message.calls, ({ call }) =>
        isWrite(call) ? 'writes' : 'reads',
      )
      const answers = [...answered(opened, 'BEGIN IMMEDIATE', writes), ...answered(opened, 'BEGIN', reads)]
      post({ message: 'ANSWERS', answers })
    }
  })
}

function answered(
  { database, tables }: Opened,
  begin: Begin,
  calls: readonly Posted<ChangeCall>[],
): readonly Answered<Result>[] {
  if (calls.length === 0) return []
  try {
    return inTransaction(database, begin, () =>
      calls.map(({ number, call }) => ({ number, ok: true, result: resultOf(tables, call) })),
    )
  } catch (error) {
    return calls.map(({ number }) => ({ number, ok: false, cause: String(error) }))
  }
}

type Begin = 'BEGIN IMMEDIATE' | 'BEGIN'

function inTransaction<T>(database: Database, begin: Begin, steps: () => T): T {
  database.run(begin)
  try {
    const result = steps()
    database.run('COMMIT')
    return result
  } finally {
    if (database.isInTransaction) database.run('ROLLBACK')
  }
}

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

function resultOf(tables: ChangeTables, call: ChangeCall): Result {
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

function post(message: FromWorker<Result>): void {
  port.postMessage(message)
}
