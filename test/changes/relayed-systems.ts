/** Two real systems, and processes that relay their commits into one real change stream, each to be killed at will. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CommittedTransaction } from '../../gateway/changes/relay/merge.ts'
import type { Outbox } from '../../gateway/changes/relay/outbox.ts'
import { heardOutbox } from '../../gateway/changes/relay/participant-outbox.ts'
import { type Relay, startRelay } from '../../gateway/changes/relay/relay.ts'
import type { Change, ChangeStream, RelayState } from '../../gateway/changes/stream/stream.ts'
import { openSqliteChangeStream } from '../../gateway/stores/sqlite/change-stream.ts'
import type { TransactionRow } from '../../schema/participant.ts'
import { SYSTEMS } from '../../schema/record.ts'
import { createKeptLog, type KeptLog, openTwoSystems, type TwoSystems } from '../coordinator/two-systems.ts'

export interface RelayingProcess {
  readonly relay: Relay
  readonly log: KeptLog
  /** From now on nothing that it asks for takes effect or is answered. */
  kill(): void
}

export interface RelayingOptions {
  readonly isAlone?: boolean
  /** Runs before an append of the process takes effect, and may kill it. */
  readonly beforeAppend?: (process: RelayingProcess, changes: readonly Change[]) => void
  /** Runs when it has taken effect, before the process is told. */
  readonly afterAppend?: (process: RelayingProcess, changes: readonly Change[]) => void
  readonly outbox?: (outbox: Outbox) => Outbox
  /** Runs before a transaction is published, and may throw. */
  readonly beforePublication?: (transaction: CommittedTransaction) => void
}

export interface RelayedSystems extends AsyncDisposable {
  readonly world: TwoSystems
  start(options?: RelayingOptions): Promise<RelayingProcess>
  state(): Promise<RelayState>
  /** What has been published so far. */
  published(): Promise<readonly Change[]>
  /** Every commit of a system, in its order. */
  commits(system: 'CRM' | 'ERP'): Promise<readonly TransactionRow[]>
}

const KEEP = { ageMsMax: Number.MAX_SAFE_INTEGER, bytesMax: Number.MAX_SAFE_INTEGER }

export async function openRelayedSystems(): Promise<RelayedSystems> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-relayed-'))
  const world = await openTwoSystems()
  const { clock } = world
  const openStream = () => openSqliteChangeStream({ file: join(folder, 'gateway.sqlite'), clock, lookEveryMs: 50 })
  const onlooker = await openStream()
  const streams = [onlooker]
  const processes: RelayingProcess[] = []

  const start = async (options: RelayingOptions = {}): Promise<RelayingProcess> => {
    const stream = await openStream()
    streams.push(stream)
    let isAlive = true
    /** What a dead process asks for is never answered. */
    const living = <T>(act: () => Promise<T>): Promise<T> =>
      isAlive ? act().then((answer) => (isAlive ? answer : never())) : never()
    const log = createKeptLog()
    const relay = startRelay({
      stream: {
        relay: () => living(() => stream.relay()),
        acquire: (request) => living(() => stream.acquire(request)),
        renew: (lease) => living(() => stream.renew(lease)),
        release: (lease) => living(() => stream.release(lease)),
        drop: (retention) => living(() => stream.drop(retention)),
        async append(append) {
          options.beforeAppend?.(process, append.changes)
          const answer = await living(() => stream.append(append))
          options.afterAppend?.(process, append.changes)
          return living(async () => answer)
        },
      },
      outboxes: SYSTEMS.map((system) => {
        const outbox = heardOutbox(world.stores[system])
        const mortal = { ...outbox, read: (after: number, limit: number) => living(() => outbox.read(after, limit)) }
        return options.outbox?.(mortal) ?? mortal
      }),
      publication: (transaction) => {
        options.beforePublication?.(transaction)
        return publication(transaction)
      },
      ...{ clock, log, keep: KEEP, isAlone: options.isAlone ?? false },
    })
    const process: RelayingProcess = {
      relay,
      log,
      kill: () => {
        isAlive = false
      },
    }
    processes.push(process)
    return process
  }

  return {
    world,
    start,
    state: () => onlooker.relay(),
    published: () => everyChange(onlooker),
    commits: (system) =>
      world.stores[system].look({ by: 'COMMITTED_AFTER', sequence: 0, limit: 10_000, bytesMax: 100_000_000 }),
    async [Symbol.asyncDispose]() {
      for (const process of processes) process.kill()
      await Promise.all(streams.map((stream) => stream.close()))
      await world[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

const never = () => new Promise<never>(() => {})

async function everyChange(stream: ChangeStream): Promise<readonly Change[]> {
  const page = await stream.read({ from: 'OLDEST', entriesMax: 100_000, bytesMax: 100_000_000 })
  return page.read === 'PAGE' ? page.entries.map(({ change }) => change) : []
}

/** A customer's change, once, whichever systems wrote it. */
function publication(transaction: CommittedTransaction): readonly Change[] {
  const [commit] = transaction
  return (commit?.row.writes ?? []).map(({ key, before, after, operation, revision }) => ({
    transactionId: commit?.row.id ?? ('' as Change['transactionId']),
    ...{ entity: 'Customer', id: key, company: null, operation, origin: 'GRAPH', actor: null },
    ...{ systems: transaction.map(({ system }) => system), revision, changedFields: ['name'], before, after, at: 0 },
  }))
}
