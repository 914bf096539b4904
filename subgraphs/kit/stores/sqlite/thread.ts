/** A worker thread of the store: it opens its own connection and works through messages until it is told to close. */

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { Database } from '../../../../schema/process/sqlite/database.ts'
import type { FromWorker, ToWorker } from '../../../../schema/process/sqlite/messages.ts'
import { StoreUnfit } from '../../../../schema/process/store-faults.ts'
import type { WriterCall, WriterResults } from '../../ledger/calls.ts'
import { Writer } from '../../ledger/writer.ts'
import type { Computation } from '../../participant/computation.ts'
import type { Rule } from '../../participant/rule.ts'
import { modelSystem, type SystemModel } from '../../participant/system-model.ts'
import type { ModuleExport, ReaderCall, ReaderResults, WorkerOptions } from './messages.ts'
import { Reader } from './reader.ts'
import { layOut } from './schema.ts'
import { SqliteStorage } from './storage.ts'

type Message = FromWorker<WriterResults[WriterCall['call']] | ReaderResults[ReaderCall['call']]>

const options: WorkerOptions = workerData
if (parentPort === null) throw new Error('This module runs as a worker thread')
const port = parentPort

try {
  const [rules, computations] = await Promise.all([
    loadList(options.logic?.rules ?? null, 'rules', isRule),
    loadList(options.logic?.computations ?? null, 'computations', isComputation),
  ])
  const system = modelSystem(options.system, options.tables, rules, computations)
  port.once('message', (message: ToWorker<never>) => {
    if (message.message === 'OPEN') open(system)
    else port.close()
  })
} catch (error) {
  refuse(error)
}

/** The reader opens what the writer has laid out. */
function open(system: SystemModel): void {
  let database: Database | null = null
  try {
    database = new Database(options.file, options.role === 'WRITER' ? 'WRITE' : 'READ')
    if (options.role === 'WRITER') {
      layOut(database, system)
      serveWrites(database, writerOn(database, system))
    } else {
      serveReads(database, new Reader(database, system))
    }
    post({ message: 'READY' })
  } catch (error) {
    database?.close()
    refuse(error)
  }
}

function writerOn(database: Database, system: SystemModel): Writer {
  const storage = new SqliteStorage(database, system)
  return new Writer({ storage, system, now: Date.now, lockWaitMs: options.lockWaitMs, onFault: warn })
}

/** A thread has no log: the process writes its warnings to its standard error. */
function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}

function refuse(error: unknown): void {
  post({ message: 'REFUSED', isUnfit: error instanceof StoreUnfit, cause: String(error) })
  port.close()
}

/** A round takes whatever has arrived when it begins, also what came while the one before was being forced. */
function serveWrites(database: Database, writer: Writer): void {
  let isScheduled = false
  let isClosing = false
  let expiry: NodeJS.Timeout | undefined
  const take = (message: ToWorker<WriterCall>) => {
    if (message.message === 'CLOSE') isClosing = true
    else if (message.message === 'CALLS') writer.accept(message.calls)
  }
  const schedule = () => {
    if (isScheduled) return
    isScheduled = true
    setImmediate(round)
  }
  const round = () => {
    isScheduled = false
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
      take(next.message)
    const answers = writer.round()
    if (answers.length > 0) post({ message: 'ANSWERS', answers })
    clearTimeout(expiry)
    if (isClosing) return close(database)
    const at = writer.nextExpiry()
    if (at !== null) expiry = setTimeout(schedule, Math.max(0, at - Date.now()))
  }
  port.on('message', (message: ToWorker<WriterCall>) => {
    take(message)
    schedule()
  })
}

function serveReads(database: Database, reader: Reader): void {
  port.on('message', (message: ToWorker<ReaderCall>) => {
    if (message.message === 'CLOSE') close(database)
    else if (message.message === 'CALLS') post({ message: 'ANSWERS', answers: reader.batch(message.calls) })
  })
}

function close(database: Database): void {
  database.close()
  port.close()
}

function post(message: Message): void {
  port.postMessage(message)
}

async function loadList<T>(
  source: ModuleExport | null,
  what: string,
  isOne: (value: unknown) => value is T,
): Promise<readonly T[]> {
  if (source === null) return []
  const loaded: Record<string, unknown> = await import(source.module)
  const list = loaded[source.export]
  if (!Array.isArray(list) || !list.every(isOne)) {
    throw new TypeError(`${source.module} exports no list of ${what} as ${source.export}`)
  }
  return list
}

function isRule(value: unknown): value is Rule {
  return isNamed(value) && 'reads' in value && 'check' in value && typeof value.check === 'function'
}

function isComputation(value: unknown): value is Computation {
  return isNamed(value) && 'compute' in value && typeof value.compute === 'function'
}

function isNamed(value: unknown): value is { readonly name: unknown } {
  return typeof value === 'object' && value !== null && 'name' in value
}
