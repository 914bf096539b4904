import { describe, expect, it } from 'vitest'
import type { DrawRequest, Participant } from '../../schema/participant.ts'
import type { System } from '../../schema/record.ts'
import { createSequences, type Sequences } from './sequences.ts'

const BLOCK = 32
const CUSTOMERS = 'customers/number/usmf'

/** A system of which counters are all that is reached; it notes each draw, and is silent while `isSilent`. */
interface Counters {
  readonly participant: Participant
  readonly draws: DrawRequest[]
  isSilent: boolean
}

function countersOf(system: System, firstFree = 1): Counters {
  const next = new Map<string, number>()
  const silence = (): Promise<never> => Promise.reject(new Error(`the ${system} does not answer`))
  const counters: Counters = {
    draws: [],
    isSilent: false,
    participant: {
      system,
      prepare: (requests) => requests.map(silence),
      commit: (ids) => ids.map(silence),
      abort: (ids) => ids.map(silence),
      fence: (requests) => requests.map(silence),
      check: (requests) => requests.map(silence),
      look: silence,
      read: silence,
      select: silence,
      derive: (requests) => requests.map(silence),
      draw: (requests) => requests.map((request) => (counters.isSilent ? silence() : take(request))),
      describe: silence,
    },
  }
  async function take(request: DrawRequest): Promise<number> {
    counters.draws.push(request)
    const first = next.get(request.sequence) ?? firstFree
    next.set(request.sequence, first + request.count)
    return first
  }
  return counters
}

function over(...systems: readonly Counters[]) {
  return createSequences(new Map(systems.map(({ participant }) => [participant.system, participant])))
}

function range(from: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => from + at)
}

async function one(sequences: Sequences, system: System, sequence: string): Promise<number> {
  const [number = Number.NaN] = await sequences.draw(system, sequence, 1)
  return number
}

describe('a sequence', () => {
  it('gives the numbers of the system one after the other', async () => {
    const sequences = over(countersOf('CRM', 100))
    expect(await one(sequences, 'CRM', CUSTOMERS)).toBe(100)
    expect(await one(sequences, 'CRM', CUSTOMERS)).toBe(101)
  })

  it('gives several numbers at once, also more than a block holds', async () => {
    const crm = countersOf('CRM')
    const sequences = over(crm)
    expect(await sequences.draw('CRM', CUSTOMERS, 3)).toEqual([1, 2, 3])
    expect(await sequences.draw('CRM', CUSTOMERS, 2 * BLOCK)).toEqual(range(4, 2 * BLOCK))
    expect(crm.draws.map(({ count }) => count)).toEqual([BLOCK, BLOCK + 3])
  })

  it('draws one block for many numbers', async () => {
    const crm = countersOf('CRM')
    const sequences = over(crm)
    await Promise.all(range(0, BLOCK).map(() => one(sequences, 'CRM', CUSTOMERS)))
    expect(crm.draws).toEqual([{ sequence: CUSTOMERS, count: BLOCK }])
  })

  it('never gives a number twice, however many ask at once', async () => {
    const crm = countersOf('CRM')
    const sequences = over(crm)
    const drawn = await Promise.all(range(0, 5 * BLOCK + 1).map(() => one(sequences, 'CRM', CUSTOMERS)))
    expect(drawn.toSorted((a, b) => a - b)).toEqual(range(1, 5 * BLOCK + 1))
    expect(crm.draws).toHaveLength(6)
  })

  it('never gives a number that another process over the same system gave', async () => {
    const crm = countersOf('CRM')
    const processes = [over(crm), over(crm)]
    const drawn = await Promise.all(
      range(0, 3 * BLOCK).flatMap(() => processes.map((sequences) => one(sequences, 'CRM', CUSTOMERS))),
    )
    expect(new Set(drawn).size).toBe(6 * BLOCK)
  })

  it('counts for itself, apart from the other sequences and the other system', async () => {
    const sequences = over(countersOf('CRM'), countersOf('ERP', 500))
    const other = 'customers/number/demf'
    const drawn = [
      one(sequences, 'CRM', CUSTOMERS),
      one(sequences, 'ERP', CUSTOMERS),
      one(sequences, 'CRM', other),
      one(sequences, 'CRM', CUSTOMERS),
    ]
    expect(await Promise.all(drawn)).toEqual([1, 500, 1, 2])
  })
})

describe('a draw that fails', () => {
  it('rejects for all that wait for it, and the next one works', async () => {
    const crm = countersOf('CRM')
    const sequences = over(crm)
    crm.isSilent = true
    const waiting = await Promise.allSettled(range(0, 3).map(() => one(sequences, 'CRM', CUSTOMERS)))
    expect(waiting.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    crm.isSilent = false
    expect(await one(sequences, 'CRM', CUSTOMERS)).toBe(1)
  })

  it('leaves the numbers at hand as they are', async () => {
    const crm = countersOf('CRM')
    const sequences = over(crm)
    await one(sequences, 'CRM', CUSTOMERS)
    crm.isSilent = true
    expect(await one(sequences, 'CRM', CUSTOMERS)).toBe(2)
    await expect(one(sequences, 'CRM', 'another')).rejects.toThrow('does not answer')
  })

  it('is one for a system that is not there', async () => {
    await expect(one(over(countersOf('CRM')), 'ERP', CUSTOMERS)).rejects.toThrow(TypeError)
  })
})

describe('a peek', () => {
  it('tells the next number without taking it', async () => {
    const sequences = over(countersOf('CRM'))
    await one(sequences, 'CRM', CUSTOMERS)
    expect([sequences.peek('CRM', CUSTOMERS), sequences.peek('CRM', CUSTOMERS)]).toEqual([2, 2])
    expect(await one(sequences, 'CRM', CUSTOMERS)).toBe(2)
  })

  it('tells nothing, and draws nothing, where no number is at hand', async () => {
    const crm = countersOf('CRM')
    const sequences = over(crm)
    expect(sequences.peek('CRM', CUSTOMERS)).toBeNull()
    expect(crm.draws).toEqual([])
    await Promise.all(range(0, BLOCK).map(() => one(sequences, 'CRM', CUSTOMERS)))
    expect(sequences.peek('CRM', CUSTOMERS)).toBeNull()
  })
})
