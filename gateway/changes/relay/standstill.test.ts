import { beforeEach, describe, expect, it } from 'vitest'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import { createKeptLog, type KeptLog } from '../../../test/coordinator/two-systems.ts'
import { commit } from './merge.fixture.ts'
import { Unpublishable } from './portions.ts'
import { createStandstill, type Standstill } from './standstill.ts'

const NOTHING = { through: 0, ahead: [] }
const through = (sequence: number) => ({ CRM: { through: sequence, ahead: [] }, ERP: NOTHING })
const unpublishable = (sequence: number) =>
  new Unpublishable(commit('CRM', sequence, `t${sequence}`, { CRM: [] }), new TypeError('out of the blue'))

describe('A standstill', () => {
  const { signal } = new AbortController()
  let log: KeptLog
  let clock: ReturnType<typeof createManualClock>
  let standstill: Standstill
  beforeEach(() => {
    log = createKeptLog()
    clock = createManualClock(0)
    standstill = createStandstill({ clock, log })
  })
  const met = async (sequence: number) => {
    const waiting = standstill.met(unpublishable(sequence), signal)
    clock.advance(10_000)
    await waiting
  }

  it('is not there at first', () => {
    expect(standstill.before(through(0))).toBeNull()
  })

  it('is before the transaction that was met, until that is in the stream, whoever brought it there', async () => {
    await met(3)
    expect(standstill.before(through(2))).toBe('t3')
    expect(standstill.before(through(3))).toBeNull()
    standstill.reached(through(2))
    expect(standstill.before(through(2))).toBe('t3')
    standstill.reached(through(3))
    expect(standstill.before(through(2))).toBeNull()
  })

  it('is said once of each transaction, by its id', async () => {
    await met(3)
    await met(3)
    await met(5)
    expect(log.lines.map(({ level, fields }) => ({ level, ...fields }))).toMatchObject([
      { level: 'error', transactionId: 't3', err: { cause: { name: 'TypeError' } } },
      { level: 'error', transactionId: 't5' },
    ])
  })

  it('is tried again later and later', async () => {
    for (const ms of [100, 200, 400, 800, 1_600, 3_200, 3_200]) {
      const waiting = standstill.met(unpublishable(1), signal)
      clock.advance(ms - 1)
      expect(clock.armed()).toBe(1)
      clock.advance(1)
      await waiting
    }
  })
})
