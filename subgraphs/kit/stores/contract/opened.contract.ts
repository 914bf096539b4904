/** How the suites of the contract get a store, and say the common things to it. */

import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { PrepareRequest, RecordWrite, Vote, Write } from '../../../../schema/participant.ts'
import type { Row, Value, Version } from '../../../../schema/record.ts'
import { recordKey } from '../../../../schema/record-key.ts'
import type { RecordStore } from '../record-store.ts'
import { create, request, transactionId, version } from './system.contract.ts'

export interface Opened {
  readonly store: RecordStore
  /** Closes the store and opens it again on what it has kept. */
  readonly reopen: () => Promise<RecordStore>
  /** Closes whichever is open and removes what was kept. */
  readonly dispose: () => Promise<void>
}

/** An empty store of the contract's small system. */
export type Open = () => Promise<Opened>

export interface Subject {
  readonly store: RecordStore
  reopen(): Promise<void>
  prepare(...requests: readonly PrepareRequest[]): Promise<readonly Vote[]>
  /** Commits one write or several in this system alone; throws unless it does. */
  write(id: string, ...writes: readonly Write[]): Promise<void>
  commit(...ids: readonly string[]): Promise<void>
  row(table: string, ...key: readonly Value[]): Promise<Row | null>
  version(table: string, ...key: readonly Value[]): Promise<Version>
}

/** A fresh store for each test, with company `usmf` and its customer group `A`. */
export function freshStore(open: Open): Subject {
  const { subject, begin, end } = session(open)
  beforeEach(begin)
  afterEach(end)
  return subject
}

/** One store for a suite that only reads: what `fill` writes is all that is ever in it. */
export function filledStore(open: Open, fill: (subject: Subject) => Promise<void>): Subject {
  const { subject, begin, end } = session(open)
  beforeAll(async () => {
    await begin()
    await fill(subject)
  })
  afterAll(end)
  return subject
}

function session(open: Open) {
  let opened: Opened
  let store: RecordStore
  const begin = async () => {
    opened = await open()
    store = opened.store
    await subject.write('seed', create('companies', ['usmf']), create('groups', ['usmf', 'A']))
  }
  const end = async () => opened.dispose()
  const subject: Subject = {
    get store() {
      return store
    },
    async reopen() {
      store = await opened.reopen()
    },
    prepare: (...requests) => Promise.all(store.prepare(requests)),
    async write(id, ...writes) {
      const [vote] = await Promise.all(store.prepare([request(id, writes, { participants: ['ERP'] })]))
      if (vote?.vote !== 'YES') throw new Error(`${id} was refused: ${JSON.stringify(vote)}`)
    },
    async commit(...ids) {
      await Promise.all(store.commit(ids.map((id) => ({ id: transactionId(id), leftOut: [] }))))
    },
    async row(table, ...key) {
      const [record] = await store.get(table, [recordKey(key)])
      return record?.row ?? null
    },
    async version(table, ...key) {
      const [state] = await store.read([{ table, key: recordKey(key) }])
      if (state === undefined) throw new Error('read gave no state')
      return state.version
    },
  }
  return { subject, begin, end }
}

export const PREPARED: Vote = { vote: 'YES', state: 'PREPARED' }
export const COMMITTED: Vote = { vote: 'YES', state: 'COMMITTED' }
export const SEED = version(1, 'seed')

/** The codes of a refusal, in order; the vote itself where it is another. */
export function codes(vote: Vote | undefined): readonly string[] | Vote | undefined {
  return vote?.vote === 'NO' ? vote.violations.map(({ code }) => code) : vote
}

/** A synchronised create of a customer of company `usmf` in group `A`. */
export function customer(number: string, set: Row = {}): RecordWrite {
  return create('customers', ['usmf', number], { name: `Customer ${number}`, group: 'A', limit: '100.00', ...set })
}

/** A synchronised create of an order of company `usmf` that nobody has bought yet. */
export function order(number: string, set: Row = {}): RecordWrite {
  return create('orders', ['usmf', number], set)
}

/** A synchronised create of a line of one piece at 1.00. */
export function line(of: string, number: number, set: Row = {}): RecordWrite {
  return create('lines', ['usmf', of, number], { quantity: 1, ...set })
}

export function payment(name: string, of: string, amount: string): RecordWrite {
  return create('payments', ['usmf', name], { customer: of, amount })
}
