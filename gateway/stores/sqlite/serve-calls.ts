/** A worker thread that answers calls from tables in one SQLite file: its forced writes keep nobody else waiting. */

import type { MessagePort } from 'node:worker_threads'
import type { Answered, Posted } from '../../../schema/process/numbered-calls.ts'
import { Database } from '../../../schema/process/sqlite/database.ts'
import type { FromWorker, ToWorker } from '../../../schema/process/sqlite/messages.ts'
import { StoreUnfit } from '../../../schema/process/store-faults.ts'

export interface Serving<Call, Result, Tables> {
  /** Null where the module does not run as a thread. */
  readonly port: MessagePort | null
  readonly file: string
  /** Called once, within a transaction: creates what is missing; throws StoreUnfit for tables of another version. */
  readonly layOut: (database: Database) => Tables
  readonly isWrite: (call: Call) => boolean
  readonly resultOf: (tables: Tables, call: Call) => Result
}

interface Opened<Tables> {
  readonly database: Database
  readonly tables: Tables
}

export function serveCalls<Call, Result, Tables>(serving: Serving<Call, Result, Tables>): void {
  const { port, file, layOut } = serving
  if (port === null) throw new Error('This module runs as a worker thread')
  port.once('message', (message: ToWorker<never>) => {
    if (message.message !== 'OPEN') return port.close()
    let database: Database | null = null
    try {
      const opening = new Database(file, 'WRITE')
      database = opening
      const tables = inTransaction(opening, 'BEGIN IMMEDIATE', () => layOut(opening))
      answer(serving, port, { database: opening, tables })
      post(port, { message: 'READY' })
    } catch (error) {
      database?.close()
      post(port, { message: 'REFUSED', isUnfit: error instanceof StoreUnfit, cause: String(error) })
      port.close()
    }
  })
}

/** What arrives together is forced together; its reads see its writes. */
function answer<Call, Result, Tables>(
  serving: Serving<Call, Result, Tables>,
  port: MessagePort,
  opened: Opened<Tables>,
): void {
  port.on('message', (message: ToWorker<Call>) => {
    if (message.message === 'CLOSE') {
      opened.database.close()
      port.close()
    } else if (message.message === 'CALLS') {
      const { writes = [], reads = [] } = Object.groupBy(message.calls, ({ call }) =>
        serving.isWrite(call) ? 'writes' : 'reads',
      )
      const answers = [
        ...answered(serving, opened, 'BEGIN IMMEDIATE', writes),
        ...answered(serving, opened, 'BEGIN', reads),
      ]
      post(port, { message: 'ANSWERS', answers })
    }
  })
}

function answered<Call, Result, Tables>(
  { resultOf }: Serving<Call, Result, Tables>,
  { database, tables }: Opened<Tables>,
  begin: Begin,
  calls: readonly Posted<Call>[],
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

function post<Result>(port: MessagePort, message: FromWorker<Result>): void {
  port.postMessage(message)
}
