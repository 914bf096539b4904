import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SYSTEMS, type System } from '../../../schema/record.ts'
import { UNTOUCHED } from '../stream/lease.ts'
import type { Progress } from '../stream/stream.ts'
import { commit, type History, history, historyOf } from './merge.fixture.ts'
import { type Commit, mayRead, merge, type Windows } from './merge.ts'
import { isDealtWith } from './reach.ts'

const EMPTY: Windows = { CRM: [], ERP: [] }
const START = UNTOUCHED.progress

/** A relay as far as it is pure: what it has appended outlives it, and what it has read does not. */
class PureRelay {
  readonly published: (readonly Commit[])[] = []
  appended: Progress = START
  windows: Windows = EMPTY
  end: Record<System, number> = { CRM: 0, ERP: 0 }
  readonly #history: History

  constructor(history: History) {
    this.#history = history
  }

  read(system: System, count: number): number {
    const page = this.#history.orders[system].slice(this.end[system], this.end[system] + count)
    const unknown = page.filter(({ sequence }) => !isDealtWith(this.appended[system], sequence))
    this.end[system] += page.length
    this.windows = { ...this.windows, [system]: [...this.windows[system], ...unknown] }
    const { transactions, progress, windows } = merge(this.appended, this.windows)
    this.published.push(...transactions)
    this.appended = progress
    this.windows = windows
    return page.length
  }

  crash(): void {
    this.windows = EMPTY
    this.end = { CRM: this.appended.CRM.through, ERP: this.appended.ERP.through }
  }

  names(): readonly (string | undefined)[] {
    return this.published.map(([first]) => first?.row.id)
  }
}

const keysOf = ({ row }: Commit) => row.writes.map(({ key }) => key)
const sequencesOf = (commits: readonly Commit[]) => commits.map(({ sequence }) => sequence)

const steps = fc.array(
  fc.oneof(
    { arbitrary: fc.record({ system: fc.constantFrom(...SYSTEMS), count: fc.integer({ min: 1, max: 6 }) }), weight: 5 },
    fc.constant('CRASH' as const),
  ),
  { maxLength: 30 },
)

/** Tells each relay in turn what to check after every step; reads all that is left at the end. */
function relayed(
  given: History,
  script: typeof steps extends fc.Arbitrary<infer T> ? T : never,
  check: (relay: PureRelay) => void,
) {
  const relay = new PureRelay(given)
  for (const step of script) {
    if (step === 'CRASH') relay.crash()
    else relay.read(step.system, step.count)
    check(relay)
  }
  for (const system of SYSTEMS) while (relay.read(system, 7) > 0) check(relay)
  return relay
}

const nothing = () => {}

describe('Whatever order two systems commit in, however it is read and wherever a relay is cut off', () => {
  it('each transaction is published exactly once, and all of it at once', () => {
    fc.assert(
      fc.property(history, steps, (given, script) => {
        const { published, appended, windows } = relayed(given, script, nothing)
        const expected = [...given.legs].map(([id, legs]) => `${id} ${Object.keys(legs).join()}`)
        const got = published.map((commits) => `${commits[0]?.row.id} ${commits.map(({ system }) => system).join()}`)
        expect(got.toSorted()).toEqual(expected.toSorted())
        expect(windows).toEqual(EMPTY)
        const through = (system: System) => ({ through: given.orders[system].length, ahead: [] })
        expect(appended).toEqual({ CRM: through('CRM'), ERP: through('ERP') })
      }),
    )
  })

  it('the writes of each record keep the order of its system', () => {
    fc.assert(
      fc.property(history, steps, (given, script) => {
        const published = relayed(given, script, nothing).published.flat()
        for (const system of SYSTEMS) {
          for (const key of new Set(given.orders[system].flatMap(keysOf))) {
            const ofRecord = (commits: readonly Commit[]) =>
              sequencesOf(commits.filter((one) => one.system === system && keysOf(one).includes(key)))
            expect(ofRecord(published)).toEqual(ofRecord(given.orders[system]))
          }
        }
      }),
    )
  })

  it('only that waits which is not seen on both sides, or whose record such a one wrote before', () => {
    fc.assert(
      fc.property(history, steps, (given, script) => {
        relayed(given, script, ({ windows, end }) => {
          const isSeen = (id: string) => {
            const systems = Object.keys(given.legs.get(id) ?? {}) as System[]
            return systems.every((one) => given.orders[one].slice(0, end[one]).some(({ row }) => row.id === id))
          }
          const excused = new Set<string>()
          const waiting = SYSTEMS.flatMap((system) => windows[system])
          for (const { row } of waiting) if (!isSeen(row.id)) excused.add(row.id)
          for (let before = -1; before < excused.size; ) {
            before = excused.size
            for (const system of SYSTEMS) {
              for (const [at, one] of windows[system].entries()) {
                const earlier = windows[system].slice(0, at).filter(({ row }) => excused.has(row.id))
                if (earlier.some((other) => keysOf(other).some((key) => keysOf(one).includes(key))))
                  excused.add(one.row.id)
              }
            }
          }
          expect(waiting.filter(({ row }) => !excused.has(row.id))).toEqual([])
        })
      }),
    )
  })

  it('progress never falls', () => {
    fc.assert(
      fc.property(history, steps, (given, script) => {
        let before = START
        relayed(given, script, ({ appended }) => {
          for (const system of SYSTEMS) {
            const dealt = sequencesOf(given.orders[system]).filter((one) => isDealtWith(before[system], one))
            expect(dealt.every((one) => isDealtWith(appended[system], one))).toBe(true)
          }
          before = appended
        })
      }),
    )
  })
})

describe('A merge', () => {
  const merged = (given: History) => {
    const relay = new PureRelay(given)
    relay.read('CRM', 100)
    relay.read('ERP', 100)
    return relay
  }

  it('lets all else go ahead of a transaction that is still to be committed on one side', () => {
    const both = { CRM: ['r'], ERP: ['r'] }
    const given = historyOf(
      { slow: both, own: { CRM: ['r', 's'] }, behind: { CRM: ['s'] }, other: { CRM: ['q'] }, later: both },
      ['slow', 'own', 'behind', 'other'],
      [],
    )
    const relay = merged(given)
    expect(relay.names()).toEqual(['other'])
    expect(relay.appended.CRM).toEqual({ through: 0, ahead: [[4, 4]] })
  })

  it('passes over legs that followed their origin, on either side and in front of anything', () => {
    const given = historyOf(
      { t: { CRM: ['r'] }, 't/ERP': { ERP: ['r'] }, slow: { CRM: ['q'], ERP: ['q'] }, 'u/CRM': { CRM: ['q'] } },
      ['t', 'slow', 'u/CRM'],
      ['t/ERP'],
    )
    const relay = merged(given)
    expect(relay.names()).toEqual(['t'])
    expect(relay.appended).toEqual({ CRM: { through: 1, ahead: [[3, 3]] }, ERP: { through: 1, ahead: [] } })
  })

  it('waits for both sides of a transaction that writes nothing in one of them', () => {
    const given = historyOf({ t: { CRM: ['r'], ERP: [] } }, ['t'], [])
    expect(merged(given).names()).toEqual([])
  })

  it('goes on as each system does where nothing keeps it', () => {
    const given = historyOf(
      { a: { CRM: ['r'] }, b: { CRM: ['s'], ERP: ['s'] }, c: { ERP: ['r'] }, d: { CRM: ['r'], ERP: ['r'] } },
      ['a', 'b', 'd'],
      ['c', 'd', 'b'],
    )
    expect(merge(START, given.orders).transactions.map(([first]) => first?.row.id)).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('A window', () => {
  const waiting = (system: System, count: number) =>
    Array.from({ length: count }, (_, index) => commit(system, index + 1, `${system} ${index}`, { CRM: [], ERP: [] }))

  it('is full at a bound, and then waits for the other system', () => {
    const windows = { CRM: waiting('CRM', 500), ERP: waiting('ERP', 499) }
    expect(SYSTEMS.filter((system) => mayRead(windows, system))).toEqual(['ERP'])
    expect(SYSTEMS.filter((system) => mayRead({ ...windows, ERP: waiting('ERP', 500) }, system))).toEqual(SYSTEMS)
  })

  it('is full where few commits are large', () => {
    const large = waiting('CRM', 8).map((one) => ({ ...one, bytes: 2 * 1_024 * 1_024 }))
    const readable = (CRM: Windows['CRM']) => SYSTEMS.filter((system) => mayRead({ CRM, ERP: [] }, system))
    expect([readable(large), readable(large.slice(1))]).toEqual([['ERP'], SYSTEMS])
  })

  it('never keeps two systems waiting for each other', () => {
    const both = { CRM: ['r'], ERP: ['r'] }
    const own = Array.from({ length: 600 }, (_, index) => `own${index}`)
    const pairs = Array.from({ length: 600 }, (_, index) => `pair${index}`)
    const legs = Object.fromEntries([
      ['slow', both],
      ...own.map((id) => [id, { CRM: ['r'] }]),
      ...pairs.map((id) => [id, { CRM: [id], ERP: [id] }]),
    ])
    const relay = new PureRelay(historyOf(legs, ['slow', ...own, ...pairs], [...pairs, 'slow']))
    for (let read = 1; read > 0; ) {
      read = 0
      for (const system of SYSTEMS) if (mayRead(relay.windows, system)) read += relay.read(system, 100)
    }
    expect(relay.published).toHaveLength(1_201)
  })
})
