import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Age } from '../../../schema/participant.ts'
import type { TransactionId } from '../../../schema/record.ts'
import { transactionId } from '../stores/contract/system.contract.ts'
import { isOlder, type Lock, LockTable } from './locks.ts'

const RESOURCES = ['a', 'b', 'c']
const eldest = transactionId('t1')
const elder = transactionId('t2')
const young = transactionId('t3')
const youngest = transactionId('t4')

/** As old as the id sorts. */
const age = (id: TransactionId): Age => ({ at: 1, id })
const exclusive = (resource: string, write = 0): Lock => ({ resource, mode: 'EXCLUSIVE', write })
const shared = (resource: string, write = 0): Lock => ({ resource, mode: 'SHARED', write })

describe('isOlder', () => {
  it('goes by the time first and by the id where times are equal', () => {
    expect(isOlder({ at: 1, id: youngest }, { at: 2, id: eldest })).toBe(true)
    expect(isOlder({ at: 1, id: eldest }, { at: 1, id: elder })).toBe(true)
    expect(isOlder({ at: 1, id: elder }, { at: 1, id: eldest })).toBe(false)
    expect(isOlder({ at: 1, id: elder }, { at: 1, id: elder })).toBe(false)
  })
})

describe('A lock table', () => {
  const holding = (owner: TransactionId, ...locks: readonly Lock[]) => {
    const table = new LockTable()
    table.request(owner, age(owner), locks)
    return table
  }
  const ask = (table: LockTable, owner: TransactionId, ...locks: readonly Lock[]) =>
    table.request(owner, age(owner), locks)
  const granted = (...displaced: readonly TransactionId[]) => ({ answer: 'GRANTED', displaced })

  it('grants what nobody holds, and what is shared by all', () => {
    const table = holding(elder, shared('a'))
    expect(ask(table, young, shared('a'), exclusive('b'))).toEqual(granted())
  })

  it.each([
    ['exclusive', 'exclusive', exclusive('a'), exclusive('a')],
    ['exclusive', 'shared', exclusive('a'), shared('a')],
    ['shared', 'exclusive', shared('a'), exclusive('a')],
  ])('given an %s lock, refuses a younger one its %s lock and lets an older one wait', (_held, _asked, held, asked) => {
    const table = holding(elder, held)
    expect(ask(table, young, asked)).toEqual({ answer: 'DIE', lock: asked })
    expect(ask(table, eldest, asked)).toEqual({ answer: 'WAIT', lock: asked })
  })

  it('takes nothing where one lock of several is not free, and names the first of those', () => {
    const table = holding(young, exclusive('b'), exclusive('c'))
    expect(ask(table, elder, exclusive('a'), exclusive('b', 1), exclusive('c', 2))).toEqual({
      answer: 'WAIT',
      lock: exclusive('b', 1),
    })
    expect(ask(table, eldest, exclusive('a'))).toEqual(granted(elder))
  })

  it('refuses rather than lets wait where one holder of several is older', () => {
    const table = holding(eldest, exclusive('a'))
    ask(table, young, exclusive('b'))
    expect(ask(table, elder, exclusive('b'), exclusive('a'))).toEqual({ answer: 'DIE', lock: exclusive('a') })
  })

  it('names those who may try again when a lock is freed, the oldest first', () => {
    const table = holding(youngest, exclusive('a'), shared('b'))
    ask(table, young, shared('a'))
    ask(table, elder, shared('a'))
    ask(table, eldest, exclusive('b'))
    expect(table.release(youngest)).toEqual([eldest, elder, young])
    expect(ask(table, elder, shared('a'))).toEqual(granted())
    expect(ask(table, young, shared('a'))).toEqual(granted())
  })

  it('lets no younger one overtake one that waits', () => {
    const table = holding(young, shared('a'))
    expect(ask(table, elder, exclusive('a'))).toMatchObject({ answer: 'WAIT' })
    expect(ask(table, youngest, shared('a'))).toMatchObject({ answer: 'DIE' })
  })

  it('lets an older one overtake, and names the younger that must ask again and is refused then', () => {
    const table = holding(young, exclusive('a'))
    expect(ask(table, elder, exclusive('a'), exclusive('b'))).toMatchObject({ answer: 'WAIT' })
    expect(ask(table, eldest, exclusive('b'))).toEqual(granted(elder))
    expect(ask(table, elder, exclusive('a'), exclusive('b'))).toEqual({ answer: 'DIE', lock: exclusive('b') })
  })

  it('waits only for what was asked last', () => {
    const table = holding(young, exclusive('a'), exclusive('b'))
    ask(table, elder, exclusive('a'))
    ask(table, elder, exclusive('b'))
    expect(ask(table, eldest, exclusive('c'))).toEqual(granted())
    expect(table.release(young)).toEqual([elder])
    table.withdraw(elder)
    expect(ask(table, youngest, exclusive('a'), exclusive('b'))).toEqual(granted())
  })

  it('gives way to nobody who has withdrawn', () => {
    const table = holding(young, shared('a'))
    ask(table, elder, exclusive('a'))
    table.withdraw(elder)
    expect(ask(table, youngest, shared('a'))).toEqual(granted())
    expect(table.release(young)).toEqual([])
  })

  it('holds what is restored as if it had been granted', () => {
    const table = new LockTable()
    table.restore(elder, age(elder), [exclusive('a')])
    expect(ask(table, young, shared('a'))).toMatchObject({ answer: 'DIE' })
    expect(ask(table, eldest, shared('a'))).toMatchObject({ answer: 'WAIT' })
    expect(table.release(elder)).toEqual([eldest])
  })

  it('frees nothing for one that holds nothing', () => {
    const table = holding(young, exclusive('a'))
    ask(table, elder, exclusive('a'))
    expect(table.release(elder)).toEqual([])
    expect(table.release(youngest)).toEqual([])
  })
})

interface Step {
  readonly action: 'REQUEST' | 'RELEASE' | 'WITHDRAW'
  readonly owner: TransactionId
  readonly locks: readonly Lock[]
}

/** Who holds and who waits, told by the table's answers alone; whoever is named asks again at once. */
class Schedule {
  readonly table = new LockTable()
  readonly holding = new Map<TransactionId, readonly Lock[]>()
  readonly waiting = new Map<TransactionId, readonly Lock[]>()
  readonly #ages: ReadonlyMap<TransactionId, Age>

  constructor(ages: readonly Age[]) {
    this.#ages = new Map(ages.map((one) => [one.id, one]))
  }

  age(owner: TransactionId): Age {
    return this.#ages.get(owner) ?? age(owner)
  }

  request(owner: TransactionId, locks: readonly Lock[]): void {
    if (this.holding.has(owner)) return
    this.waiting.delete(owner)
    const answer = this.table.request(owner, this.age(owner), locks)
    if (answer.answer === 'WAIT') this.waiting.set(owner, locks)
    if (answer.answer !== 'GRANTED') return
    this.holding.set(owner, locks)
    this.#again(answer.displaced)
  }

  release(owner: TransactionId): void {
    this.holding.delete(owner)
    this.#again(this.table.release(owner))
  }

  withdraw(owner: TransactionId): void {
    this.waiting.delete(owner)
    this.table.withdraw(owner)
  }

  /** Holders of what the locks do not go together with. */
  inTheWay(owner: TransactionId, locks: readonly Lock[]): readonly TransactionId[] {
    const others = [...this.holding].filter(([other]) => other !== owner)
    return others.filter(([, held]) => held.some((one) => locks.some((lock) => !areCompatible(one, lock)))).map(idOf)
  }

  #again(owners: readonly TransactionId[]): void {
    for (const owner of owners) {
      const locks = this.waiting.get(owner)
      if (locks !== undefined) this.request(owner, locks)
    }
  }
}

function areCompatible(one: Lock, other: Lock): boolean {
  return one.resource !== other.resource || (one.mode === 'SHARED' && other.mode === 'SHARED')
}

function idOf([id]: readonly [TransactionId, ...unknown[]]): TransactionId {
  return id
}

describe('Whatever is asked, released and withdrawn', () => {
  const owners = ['p', 'q', 'r', 's', 't', 'u'].map(transactionId)
  const ages = fc.tuple(...owners.map((id) => fc.integer({ min: 0, max: 3 }).map((at): Age => ({ at, id }))))
  const locks = fc.uniqueArray(
    fc.record({
      resource: fc.constantFrom(...RESOURCES),
      mode: fc.constantFrom<Lock['mode']>('SHARED', 'EXCLUSIVE'),
      write: fc.constant(0),
    }),
    { selector: ({ resource }) => resource, minLength: 1 },
  )
  const action = fc.constantFrom<Step['action']>('REQUEST', 'REQUEST', 'REQUEST', 'RELEASE', 'WITHDRAW')
  const steps = fc.array(fc.record({ action, owner: fc.constantFrom(...owners), locks }), { maxLength: 40 })

  const play = (given: readonly Age[], script: readonly Step[], check: (schedule: Schedule) => void) => {
    const schedule = new Schedule(given)
    for (const { action, owner, locks } of script) {
      if (action === 'REQUEST') schedule.request(owner, locks)
      else if (action === 'RELEASE') schedule.release(owner)
      else schedule.withdraw(owner)
      check(schedule)
    }
    return schedule
  }

  it('two owners never hold locks that do not go together', () => {
    fc.assert(
      fc.property(ages, steps, (given, script) => {
        play(given, script, (schedule) => {
          for (const [owner, held] of schedule.holding) expect(schedule.inTheWay(owner, held)).toEqual([])
        })
      }),
    )
  })

  it('waits point from old to young alone, and never at nobody', () => {
    fc.assert(
      fc.property(ages, steps, (given, script) => {
        play(given, script, (schedule) => {
          for (const [owner, wanted] of schedule.waiting) {
            const inTheWay = schedule.inTheWay(owner, wanted)
            expect(inTheWay).not.toEqual([])
            for (const holder of inTheWay) expect(isOlder(schedule.age(owner), schedule.age(holder))).toBe(true)
          }
        })
      }),
    )
  })

  it('nothing is left when everybody has let go', () => {
    fc.assert(
      fc.property(ages, steps, (given, script) => {
        const schedule = play(given, script, () => undefined)
        while (schedule.holding.size > 0) for (const owner of schedule.holding.keys()) schedule.release(owner)
        expect(schedule.waiting.size).toBe(0)
        const last = transactionId('z')
        const everything = RESOURCES.map((resource) => exclusive(resource))
        expect(schedule.table.request(last, { at: 9, id: last }, everything)).toEqual({
          answer: 'GRANTED',
          displaced: [],
        })
      }),
    )
  })
})
