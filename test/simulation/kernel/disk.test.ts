import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PlanDigest, PrepareRequest, TransactionRow, Write } from '../../../schema/participant.ts'
import { Database } from '../../../schema/process/sqlite/database.ts'
import type { TransactionId } from '../../../schema/record.ts'
import type { WriterCall } from '../../../subgraphs/kit/ledger/calls.ts'
import type { LedgerStorage } from '../../../subgraphs/kit/ledger/storage.ts'
import { Writer } from '../../../subgraphs/kit/ledger/writer.ts'
import { layOut } from '../../../subgraphs/kit/stores/sqlite/schema.ts'
import { SqliteStorage } from '../../../subgraphs/kit/stores/sqlite/storage.ts'
import { findRows } from '../../../subgraphs/kit/stores/sqlite/transactions.ts'
import { MODELS } from '../cluster/tables.ts'
import { openingWrites, refsOf, type Writing, writesOf } from '../workload/change.ts'
import { Disk } from './disk.ts'

const BEGIN = Date.UTC(2026, 0, 1)
const LOCK_WAIT_MS = 20
const ALL = refsOf({ change: 'PROBE' })
const MEMBERS_MAX = 3

type Changes = readonly [Writing, ...Writing[]]

let folder = ''
let stores = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-disk-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** One writer over one storage, asked in rounds. */
class Engine {
  readonly storage: LedgerStorage
  readonly #writer: Writer
  #now = BEGIN
  #posted = 0

  constructor(storage: LedgerStorage) {
    this.storage = storage
    this.#writer = new Writer({
      ...{ storage, system: MODELS.ERP, now: () => this.#now, lockWaitMs: LOCK_WAIT_MS },
      onFault: (error) => {
        throw error
      },
    })
  }

  /** The answers, by the number of their call. */
  round(calls: readonly WriterCall[]): unknown {
    this.#now += 10
    this.#writer.accept(calls.map((call) => ({ number: ++this.#posted, call })))
    const answers = this.#writer.round()
    if (this.storage instanceof Disk) this.storage.settle()
    return answers.toSorted((one, other) => one.number - other.number)
  }
}

function plannedWrites(change: Writing, { storage }: Engine): readonly Write[] {
  const states = refsOf(change).map((ref) => storage.state(ref))
  return writesOf(change, [states]).flat()
}

/** Several changes are the members of a batch. */
function requestOf(id: string, plan: string, [change, ...more]: Changes, engine: Engine): PrepareRequest {
  const members = [change, ...more]
  const isBatch = members.length > 1
  const writes = members.flatMap((one, member) =>
    plannedWrites(one, engine).map((write) => (isBatch ? { ...write, member } : write)),
  )
  return {
    ...{
      id: id as TransactionId,
      plan: plan as PlanDigest,
      participants: ['CRM', 'ERP'],
      mapSet: 'm',
      origin: 'GRAPH',
    },
    ...{ actor: null, startedAt: BEGIN, age: { at: BEGIN, id: id as TransactionId }, deadline: BEGIN + 300 },
    ...{ idempotency: null, subject: null, writes, refusals: [] },
    ...(isBatch ? { members: members.length } : {}),
  }
}

const key = (letter: string, count: number) =>
  fc.integer({ min: 0, max: count - 1 }).map((index) => `${letter}${index}`)
const change: fc.Arbitrary<Writing> = fc.oneof(
  fc.record({
    ...{ change: fc.constant('SET' as const), key: key('r', 2) },
    ...{ value: fc.option(fc.string({ minLength: 1, maxLength: 3 })), isCareful: fc.constant(false) },
  }),
  fc.record({
    ...{ change: fc.constant('TRANSFER' as const), from: key('a', 2), to: fc.constant('a2') },
    amount: fc.integer({ min: 1, max: 70 }),
  }),
  fc.record({
    ...{ change: fc.constant('NAME' as const), key: key('n', 3) },
    ...{ name: fc.option(fc.constantFrom('Ada', 'Bob')), owner: fc.option(key('c', 2)) },
  }),
  fc.record({
    ...{ change: fc.constant('CUSTOMER' as const), key: key('c', 2) },
    limit: fc.option(fc.constantFrom(50, 100)),
  }),
  fc.record({
    ...{ change: fc.constant('ORDER' as const), key: key('o', 2), customer: key('c', 2) },
    lines: fc.option(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 })),
  }),
)
const command = fc.record({
  id: fc.constantFrom('t1', 't2', 't3', 't4', 't5', 't6'),
  plan: fc.constantFrom('p1', 'p1', 'p1', 'p2'),
  call: fc.constantFrom('PREPARE' as const, 'PREPARE' as const, 'COMMIT' as const, 'ABORT' as const, 'FENCE' as const),
  change,
  more: fc.oneof(fc.constant([]), fc.array(change, { minLength: 1, maxLength: MEMBERS_MAX - 1 })),
  /** Members of a batch that another system refuses. */
  refused: fc.subarray(Array.from({ length: MEMBERS_MAX }, (_, member) => member)),
})
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

function callOf({ id, plan, call, change, more, refused }: Command, engine: Engine): WriterCall {
  const request = requestOf(id, plan, [change, ...more], engine)
  switch (call) {
    case 'PREPARE':
    case 'FENCE':
      return { call, request }
    case 'COMMIT':
      return { call, request: { id: request.id, leftOut: leftOutOf(engine.storage.find(request.id), refused) } }
    case 'ABORT':
      return { call, id: request.id }
  }
}

/** Ascending, as everybody has it. */
function leftOutOf(row: TransactionRow | undefined, refused: readonly number[]): readonly number[] {
  const { members = 0, leftOut = [] } = row ?? {}
  return refused
    .concat(leftOut)
    .filter((member, index, all) => member < members && all.indexOf(member) === index)
    .sort()
}

describe('a simulated disk', () => {
  test('lets a writer answer, and holds in the end, what a store of SQLite does', () => {
    fc.assert(
      fc.property(fc.array(fc.array(command, { minLength: 1, maxLength: 4 }), { maxLength: 12 }), (rounds) => {
        stores += 1
        const database = new Database(join(folder, `${stores}.sqlite`), 'WRITE')
        try {
          layOut(database, MODELS.ERP)
          const simulated = new Disk({ write: (_, act) => act(), refusesForce: () => false })
          const disk = new Engine(simulated)
          const sqlite = new Engine(new SqliteStorage(database, MODELS.ERP))
          const lone = { ...requestOf('t0', 'p0', [{ change: 'PROBE' }], disk), participants: ['ERP'] as const }
          const opening: WriterCall = { call: 'PREPARE', request: { ...lone, writes: openingWrites() } }
          expect(disk.round([opening])).toEqual(sqlite.round([opening]))
          for (const commands of rounds) {
            const calls = commands.map((one) => callOf(one, disk))
            expect(disk.round(calls)).toEqual(sqlite.round(calls))
          }
          for (const ref of ALL) expect(disk.storage.state(ref)).toEqual(sqlite.storage.state(ref))
          expect(disk.storage.prepared()).toEqual(sqlite.storage.prepared())
          expect(disk.storage.lastSequence()).toBe(sqlite.storage.lastSequence())
          for (const sequence of [0, 1, 3]) {
            for (const bytesMax of [1, 1_000_000]) {
              const query = { by: 'COMMITTED_AFTER', sequence, limit: 3, bytesMax } as const
              expect(simulated.look(query)).toEqual(findRows(database, query))
            }
          }
        } finally {
          database.close()
        }
      }),
      { numRuns: 60 },
    )
  })

  test('loses in a crash what is not forced, and a group that is being forced as a whole or not at all', () => {
    for (const survives of [true, false]) {
      const storage = new Disk({ write: (_, act) => act(), refusesForce: () => false })
      const engine = new Engine(storage)
      const first = requestOf('t1', 'p1', [{ change: 'SET', key: 'r0', value: 'a', isCareful: false }], engine)
      engine.round([{ call: 'PREPARE', request: first }])

      storage.begin()
      storage.end(first.id, { state: 'ABORTED', sequence: null, at: BEGIN, leftOut: [] })
      expect(storage.crash(survives).rows).toEqual([])
      expect(storage.held(first.id)?.state).toBe('PREPARED')

      storage.begin()
      storage.end(first.id, { state: 'ABORTED', sequence: null, at: BEGIN, leftOut: [] })
      expect(storage.force()).toBe(true)
      expect(storage.crash(survives).rows.map(({ state }) => state)).toEqual(survives ? ['ABORTED'] : [])
      expect(storage.held(first.id)?.state).toBe(survives ? 'ABORTED' : 'PREPARED')
    }
  })
})
