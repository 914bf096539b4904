import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PrepareRequest, Vote, Write } from '../../../schema/participant.ts'
import { Database } from '../../../schema/process/sqlite/database.ts'
import type { Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import { modelSystem } from '../participant/system-model.ts'
import {
  computations,
  create,
  request,
  rules,
  tables,
  transactionId,
  update,
  version,
} from '../stores/contract/system.contract.ts'
import { Records } from '../stores/sqlite/records.ts'
import { layOut } from '../stores/sqlite/schema.ts'
import { SqliteStorage } from '../stores/sqlite/storage.ts'
import { findRow, findRows } from '../stores/sqlite/transactions.ts'
import type { WriterCall } from './calls.ts'
import { Writer } from './writer.ts'

const LOCK_WAIT_MS = 100
const NO_ANSWER = 'NO_ANSWER'
const PREPARED: Vote = { vote: 'YES', state: 'PREPARED' }
const system = modelSystem('ERP', tables, rules, computations)

const prepare = (asked: PrepareRequest): WriterCall => ({ call: 'PREPARE', request: asked })
const commit = (id: string, leftOut: readonly number[] = []): WriterCall => ({
  ...{ call: 'COMMIT', request: { id: transactionId(id), leftOut } },
})
const abort = (id: string): WriterCall => ({ call: 'ABORT', id: transactionId(id) })
const fence = ({ id, plan, participants }: PrepareRequest): WriterCall => ({
  ...{ call: 'FENCE', request: { id, plan, participants } },
})
const STATISTICS: WriterCall = { call: 'STATISTICS' }

const older = { age: { at: 1, id: transactionId('older') } }
const customer = (number: string, set: Row = {}) => create('customers', ['usmf', number], { name: 'New', ...set })
const refused = (code: string) => ({ vote: 'NO', violations: [{ code }] })

/** A writer on its own connection, whose clock stands still until it is moved. */
class Engine {
  readonly database: Database
  readonly records: Records
  readonly faults: unknown[] = []
  readonly #writer: Writer
  #posted = 0
  #answers = new Map<number, unknown>()
  now = 10_000

  constructor(file: string) {
    this.database = new Database(file, 'WRITE')
    layOut(this.database, system)
    this.records = new Records(this.database, system)
    this.#writer = new Writer({
      storage: new SqliteStorage(this.database, system),
      ...{ system, now: () => this.now, lockWaitMs: LOCK_WAIT_MS, onFault: (error) => this.faults.push(error) },
    })
  }

  get expiry(): number | null {
    return this.#writer.nextExpiry()
  }

  post(call: WriterCall): number {
    this.#posted += 1
    this.#writer.accept([{ number: this.#posted, call }])
    return this.#posted
  }

  round(): void {
    for (const answer of this.#writer.round()) {
      if (this.#answers.has(answer.number)) throw new Error(`Call ${answer.number} is answered twice`)
      this.#answers.set(answer.number, answer.ok ? answer.result : NO_ANSWER)
    }
  }

  /** Undefined while the call waits. */
  answer(number: number): unknown {
    return this.#answers.get(number)
  }

  /** One round for all of the calls. */
  ask(...calls: readonly WriterCall[]): readonly unknown[] {
    const numbers = calls.map((call) => this.post(call))
    this.round()
    return numbers.map((number) => this.answer(number))
  }

  row(table: string, ...key: readonly string[]): Row | null {
    return this.records.state({ table, key: recordKey(key) }).row
  }

  state(id: string): string | undefined {
    return findRow(this.database, transactionId(id))?.state
  }
}

describe('The writer', () => {
  let folder: string
  let engine: Engine
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-writer-'))
    engine = new Engine(join(folder, 'erp.sqlite'))
    const seed = [create('companies', ['usmf']), customer('C0')]
    engine.ask(prepare(request('seed', seed, { participants: ['ERP'] })))
  })
  afterEach(async () => {
    try {
      engine.database.close()
    } catch {
      // A test has closed it.
    }
    await rm(folder, { recursive: true })
  })

  describe('in one round', () => {
    it('forces once for all that came, and not at all where nothing was written', () => {
      const ids = Array.from({ length: 50 }, (_, at) => `t${at}`)
      const votes = engine.ask(...ids.map((id) => prepare(request(id, [customer(id)]))))
      expect(votes).toEqual(ids.map(() => PREPARED))
      engine.ask(...ids.map((id) => commit(id)))
      engine.ask(...ids.map((id) => commit(id)))
      engine.ask(STATISTICS)
      expect(engine.ask(STATISTICS)).toEqual([{ forces: 3, prepared: 50, committed: 51, lastCommitted: 't49' }])
    })

    it('commits and aborts before it prepares, in whatever order they came', () => {
      engine.ask(prepare(request('t1', [customer('C1')])), prepare(request('t2', [customer('C2')])))
      const renamed = update('customers', ['usmf', 'C1'], { name: 'Other' }, version(1, 't1'))
      const calls = [prepare(request('t3', [renamed, customer('C2')])), abort('t2'), commit('t1')]
      expect(engine.ask(...calls)).toEqual([PREPARED, null, null])
    })

    it('fences before it prepares', () => {
      const asked = request('t1', [customer('C1')])
      expect(engine.ask(prepare(asked), fence(asked))).toMatchObject([refused('FENCED'), { state: 'ABORTED' }])
    })

    it('leaves the neighbours of a refusal and of a call that fails alone', () => {
      const answers = engine.ask(
        prepare(request('t1', [customer('C1')])),
        prepare(request('t2', [customer('C2', { group: 'none' })])),
        commit('unknown'),
        { call: 'DRAW', request: { sequence: 'numbers', count: 0 } },
        { call: 'DRAW', request: { sequence: 'numbers', count: 5 } },
        prepare(request('t3', [customer('C3')])),
      )
      expect(answers).toMatchObject([PREPARED, refused('REFERENCE'), NO_ANSWER, NO_ANSWER, 1, PREPARED])
      expect(['t1', 't2', 't3'].map((id) => engine.state(id))).toEqual(['PREPARED', 'ABORTED', 'PREPARED'])
    })

    it('takes back the whole of a call that fails half-way, and keeps its locks', () => {
      const renamed = update('customers', ['usmf', 'C0'], { name: 'Other' }, version(1, 'seed'))
      engine.ask(prepare(request('t1', [customer('C1'), renamed])))
      engine.database.run('DELETE FROM t_customers')
      expect(engine.ask(commit('t1'), prepare(request('t2', [customer('C2')])))).toEqual([NO_ANSWER, PREPARED])
      expect(engine.row('customers', 'usmf', 'C1')).toBeNull()
      expect(engine.state('t1')).toBe('PREPARED')
      expect(engine.ask(prepare(request('t3', [customer('C1')])))).toMatchObject([refused('LOCKED')])
    })
  })

  it('takes an order of ten thousand lines in one transaction', () => {
    const line = (number: number) => create('lines', ['usmf', 'O1', number], { quantity: 1, price: '0.01' })
    const lines = Array.from({ length: 10_000 }, (_, number) => line(number))
    const asked = request('t1', [create('currencies', ['EUR']), create('orders', ['usmf', 'O1']), ...lines])
    expect(engine.ask(prepare(asked))).toEqual([PREPARED])
    expect(engine.ask(commit('t1'))).toEqual([null])
    expect(engine.row('orders', 'usmf', 'O1')).toMatchObject({ total: '100.00' })
    const changed = lines.map(({ key }) => update('lines', JSON.parse(key), { price: '0.01' }, version(1, 't1')))
    expect(engine.ask(prepare(request('t2', changed)))).toEqual([PREPARED])
  })

  describe('given an older prepare that needs a held lock', () => {
    const waiting = (more: Partial<PrepareRequest> = {}) => {
      engine.ask(prepare(request('t1', [customer('C1')])))
      const number = engine.post(prepare(request('t2', [customer('C1')], { ...older, ...more })))
      engine.round()
      return number
    }

    it('grants it in the round that frees the lock', () => {
      const number = waiting()
      expect(engine.answer(number)).toBeUndefined()
      expect(engine.expiry).toBe(engine.now + LOCK_WAIT_MS)
      engine.ask(abort('t1'))
      expect(engine.answer(number)).toEqual(PREPARED)
      expect(engine.expiry).toBeNull()
    })

    it('refuses it when the wait is over, and not before', () => {
      const number = waiting()
      engine.now += LOCK_WAIT_MS - 1
      engine.round()
      expect(engine.answer(number)).toBeUndefined()
      engine.now += 1
      engine.round()
      expect(engine.answer(number)).toMatchObject(refused('LOCKED'))
      expect(engine.ask(abort('t1'), prepare(request('t3', [customer('C1')])))).toEqual([null, PREPARED])
    })

    it('waits no longer than the deadline', () => {
      const number = waiting({ deadline: engine.now + 10 })
      expect(engine.expiry).toBe(engine.now + 10)
      engine.now += 11
      engine.round()
      expect(engine.answer(number)).toMatchObject(refused('TIMEOUT'))
    })

    it('refuses it at once where the deadline leaves no time to wait, and keeps nobody else waiting', () => {
      expect(engine.answer(waiting({ deadline: engine.now }))).toMatchObject(refused('LOCKED'))
      expect(engine.ask(abort('t1'), prepare(request('t3', [customer('C1')])))).toEqual([null, PREPARED])
    })

    it('gives a repeat the same vote', () => {
      const first = waiting()
      const repeat = engine.post(prepare(request('t2', [customer('C1')], older)))
      engine.ask(commit('t1'))
      expect([engine.answer(first), engine.answer(repeat)]).toMatchObject([refused('STALE'), refused('STALE')])
    })
  })

  describe('on a disk that fails', () => {
    const large = customer('C9', { tags: 'x'.repeat(200_000) })
    const fill = () => engine.database.execute('PRAGMA max_page_count = 1')
    const makeRoom = () => engine.database.execute('PRAGMA max_page_count = 1000000')

    it('answers nobody of the group, nor those who waited, and has written nothing', () => {
      engine.ask(prepare(request('t1', [customer('C1')])))
      const waiting = engine.post(prepare(request('t2', [customer('C1')], older)))
      engine.round()
      fill()
      const calls = [prepare(request('t3', [large])), prepare(request('t4', [customer('C4')]))]
      expect(engine.ask(...calls)).toEqual([NO_ANSWER, NO_ANSWER])
      expect(engine.answer(waiting)).toBe(NO_ANSWER)
      expect(engine.expiry).toBeNull()
      expect(['t1', 't2', 't3', 't4'].map((id) => engine.state(id))).toEqual([
        ...['PREPARED', undefined, undefined, undefined],
      ])
    })

    it('goes on from what was forced before, once there is room', () => {
      engine.ask(prepare(request('t1', [customer('C1')])))
      fill()
      engine.ask(commit('t1'), prepare(request('t3', [large])))
      makeRoom()
      const calls = [prepare(request('t4', [customer('C1')])), prepare(request('t3', [large]))]
      expect(engine.ask(...calls)).toMatchObject([refused('LOCKED'), PREPARED])
      expect(engine.ask(commit('t1'), commit('t3'))).toEqual([null, null])
      expect(engine.ask(STATISTICS)).toMatchObject([{ prepared: 2, committed: 3, lastCommitted: 't3' }])
    })

    it('fails every round after the connection is gone, and another finds the prepared and their locks', () => {
      engine.ask(prepare(request('t1', [customer('C1')])))
      engine.database.close()
      expect(engine.ask(commit('t1'))).toEqual([NO_ANSWER])
      expect(engine.ask(prepare(request('t2', [customer('C2')])), STATISTICS)).toEqual([NO_ANSWER, NO_ANSWER])
      engine = new Engine(join(folder, 'erp.sqlite'))
      const calls = [prepare(request('t2', [customer('C2')])), prepare(request('t3', [customer('C1')]))]
      expect(engine.ask(...calls)).toMatchObject([PREPARED, refused('LOCKED')])
      expect(engine.ask(commit('t1'))).toEqual([null])
    })
  })

  describe('whatever is prepared, committed, aborted and fenced', () => {
    const NUMBERS = ['A', 'B', 'C']
    const step = fc.record({
      action: fc.constantFrom('PREPARE', 'PREPARE', 'PREPARE', 'COMMIT', 'ABORT', 'FENCE'),
      name: fc.constantFrom('p', 'q', 'r', 's', 't', 'u'),
      numbers: fc.uniqueArray(fc.constantFrom(...NUMBERS), { minLength: 1 }),
      at: fc.integer({ min: 0, max: 3 }),
      isAlone: fc.boolean(),
    })
    const rounds = fc.array(fc.record({ steps: fc.array(step, { maxLength: 5 }), pause: fc.nat(LOCK_WAIT_MS) }))

    const writeOf = (number: string): Write => {
      const key = ['usmf', number]
      const { row, version: base } = engine.records.state({ table: 'customers', key: recordKey(key) })
      return row === null ? customer(number) : update('customers', key, { visits: base.revision }, base)
    }
    const rowsIn = (state: 'PREPARED' | 'COMMITTED') =>
      findRows(engine.database, {
        ...{ by: 'RECENT', states: [state], origins: null, subject: null, after: null, limit: 100_000 },
      })

    it('revisions count commits, locks exclude, all are answered, and no lock outlives its transaction', () => {
      // What is checked is order, not durability; and each run keeps to records and transactions of its own.
      engine.database.execute('PRAGMA synchronous = OFF')
      let run = 0
      fc.assert(
        fc.property(rounds, (script) => {
          run += 1
          const named = (name: string) => `${run}${name}`
          const requests = new Map<string, PrepareRequest>()
          const callOf = ({ action, name, numbers, at, isAlone }: Step): WriterCall => {
            const id = transactionId(named(name))
            if (action === 'COMMIT') return commit(id)
            if (action === 'ABORT') return abort(id)
            const writes = numbers.map((number) => writeOf(named(number)))
            const participants: PrepareRequest['participants'] = isAlone ? ['ERP'] : ['CRM', 'ERP']
            const asked = requests.get(id) ?? request(id, writes, { participants, age: { at, id } })
            requests.set(id, asked)
            return action === 'FENCE' ? fence(asked) : prepare(asked)
          }
          const numbers: number[] = []
          for (const { steps, pause } of script) {
            numbers.push(...steps.map((one) => engine.post(callOf(one))))
            engine.round()
            engine.now += pause
            const held = rowsIn('PREPARED').flatMap(({ writes }) => writes.map(({ key }) => key))
            expect(held).toHaveLength(new Set(held).size)
            const committed = rowsIn('COMMITTED').flatMap(({ writes }) => writes.map(({ key }) => key))
            for (const number of NUMBERS) {
              const key = recordKey(['usmf', named(number)])
              const { revision } = engine.records.state({ table: 'customers', key }).version
              expect(revision).toBe(committed.filter((one) => one === key).length)
            }
          }
          while (engine.expiry !== null || rowsIn('PREPARED').length > 0) {
            engine.now += LOCK_WAIT_MS
            engine.ask(...rowsIn('PREPARED').map(({ id }) => abort(id)))
          }
          for (const number of numbers) expect(engine.answer(number)).toBeDefined()
          const last = request(named('last'), NUMBERS.map(named).map(writeOf), {
            age: { at: 9, id: transactionId('last') },
          })
          expect(engine.ask(prepare(last))).toEqual([PREPARED])
          engine.ask(abort(last.id))
        }),
      )
    })
  })
})

interface Step {
  readonly action: string
  readonly name: string
  readonly numbers: readonly string[]
  readonly at: number
  readonly isAlone: boolean
}
