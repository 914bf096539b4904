import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { heardOutbox } from '../../gateway/changes/relay/participant-outbox.ts'
import { createPublished } from '../../gateway/changes/relay/published.ts'
import type { Coordinator } from '../../gateway/coordinator/coordinator.ts'
import { SYSTEMS, type System } from '../../schema/record.ts'
import { until } from '../coordinator/two-systems.ts'
import { openRelayedSystems, type RelayedSystems, type RelayingProcess } from './relayed-systems.ts'

describe('Changes of two systems', () => {
  let systems: RelayedSystems
  let coordinator: Coordinator
  beforeEach(async () => {
    systems = await openRelayedSystems()
    coordinator = systems.world.gateway().coordinator
  })
  afterEach(() => systems[Symbol.asyncDispose]())

  const name = async (number: string, text: string, on?: readonly System[]) => {
    const { outcome } = await coordinator.execute(systems.world.naming(number, text, {}, on))
    expect(outcome).toBe('DECIDED')
  }
  /** Writes of three customers in both systems, and of some that one system has alone. */
  const write = (round: number) =>
    Promise.all([
      ...['A', 'B', 'C'].map((number) => name(number, `${round}`)),
      name('own', `${round}`, ['CRM']),
      name('mine', `${round}`, ['ERP']),
    ])
  const count = async (changes: number) => (await systems.published()).length === changes
  /** Time passes until the condition holds. */
  const inTime = (condition: () => Promise<boolean>) =>
    until(() => {
      systems.world.clock.advance(50)
      return condition()
    })
  const isAsCommitted = async () => {
    const published = await systems.published()
    const committed = await Promise.all(SYSTEMS.map(systems.commits))
    const ids = committed.flat().map(({ id }) => id)
    expect(published.map(({ transactionId }) => transactionId).toSorted()).toEqual([...new Set(ids)].toSorted())
    for (const rows of committed) {
      for (const key of new Set(rows.flatMap(({ writes }) => writes.map((write) => write.key)))) {
        const inOrder = rows.filter(({ writes }) => writes.some((write) => write.key === key)).map(({ id }) => id)
        const order = published.map(({ transactionId }) => transactionId).filter((id) => inOrder.includes(id))
        expect(order).toEqual(inOrder)
      }
    }
  }

  it('are published from the first on, whether or not a relay was there', async () => {
    await write(1)
    await systems.start()
    await until(() => count(5))
    await write(2)
    await until(() => count(10))
    await isAsCommitted()
    expect(await systems.state()).toMatchObject({ progress: { CRM: { ahead: [] }, ERP: { ahead: [] } } })
  })

  it('are published when both systems show them, and not before', async () => {
    const { coordinator: cut, erp } = systems.world.gateway()
    await systems.start()
    erp.once('commit', 'HOLD')
    const outcome = cut.execute(systems.world.naming('A', 'slow'))
    await until(async () => (await systems.commits('CRM')).length === 1)
    await name('own', 'fast', ['CRM'])
    await until(() => count(1))
    expect((await systems.published()).map(({ after }) => after?.['name'])).toEqual(['fast'])
    erp.release()
    await outcome
    await until(() => count(2))
    await isAsCommitted()
  })

  it('are the work of one relay, and of the next when that stops', async () => {
    const first = await systems.start()
    await write(1)
    await until(() => count(5))
    const { holder } = await systems.state()
    const second = await systems.start()
    await first.relay.stop()
    await write(2)
    await inTime(() => count(10))
    const state = await systems.state()
    expect(state.epoch).toBe(2)
    expect([holder, null]).not.toContain(state.holder)
    await second.relay.stop()
    expect(await systems.state()).toMatchObject({ epoch: 2, holder: null })
    await isAsCommitted()
  })

  it('neither get lost nor come twice when the relay at work is killed in between, and another waits', async () => {
    let isKilling = false
    const killed: RelayingProcess[] = []
    const beforeAppend = (process: RelayingProcess) => {
      if (!isKilling) return
      isKilling = false
      process.kill()
      killed.push(process)
    }
    await systems.start({ beforeAppend })
    await systems.start({ beforeAppend })
    await write(1)
    await until(() => count(5))
    isKilling = true
    for (let round = 2; round <= 4; round += 1) await write(round)
    await inTime(() => count(20))
    expect(killed).toHaveLength(1)
    expect((await systems.state()).epoch).toBeGreaterThanOrEqual(2)
    await isAsCommitted()
  })

  for (const moment of ['beforeAppend', 'afterAppend'] as const) {
    it(`go on exactly there after a crash between commit and append (${moment})`, async () => {
      const hasDied = Promise.withResolvers<void>()
      await systems.start({
        isAlone: true,
        [moment]: (process: RelayingProcess) => {
          process.kill()
          hasDied.resolve()
        },
      })
      await write(1)
      await hasDied.promise
      await write(2)
      await systems.start({ isAlone: true })
      await inTime(() => count(10))
      await isAsCommitted()
    })
  }

  it('of one system go on while the other does not answer, which is said once', async () => {
    let isAway = true
    const { log } = await systems.start({
      outbox: (outbox) => ({
        ...outbox,
        read: (after, limit) =>
          isAway && outbox.system === 'ERP' ? Promise.reject(new Error('no answer')) : outbox.read(after, limit),
      }),
    })
    await write(1)
    await inTime(() => count(1))
    for (let round = 2; round <= 5; round += 1) await name('own', `${round}`, ['CRM'])
    await inTime(() => count(5))
    isAway = false
    await inTime(() => count(9))
    expect(log.lines).toMatchObject([
      { message: 'it is not possible to read the commits of the ERP; it will be tried again' },
    ])
    await isAsCommitted()
  })

  it('wait for an outbox that is out of order, say what is wrong with it, and lose nothing when it is mended', async () => {
    await write(1)
    let isBroken = true
    const { relay } = await systems.start({
      outbox: (outbox) => ({
        ...outbox,
        async read(after, limit) {
          const rows = await outbox.read(after, limit)
          return isBroken && outbox.system === 'CRM' ? rows.toReversed() : rows
        },
      }),
    })
    await inTime(async () => relay.disorder() !== null)
    expect(relay.disorder()).toMatchObject({ name: 'OutOfOrder', system: 'CRM' })
    expect((await systems.published()).flatMap((change) => change.systems)).not.toContain('CRM')
    isBroken = false
    await inTime(() => count(5))
    expect(relay.disorder()).toBeNull()
    await isAsCommitted()
  })

  it('are waited for by a snapshot, and behind one that is in doubt only for so long', async () => {
    const { coordinator: cut, erp } = systems.world.gateway()
    await systems.start()
    const { clock, stores } = systems.world
    const outboxes = SYSTEMS.map((system) => heardOutbox(stores[system]))
    let looks = 0
    const relay = () => {
      looks += 1
      return systems.state()
    }
    const published = createPublished({ stream: { relay }, outboxes, clock, withinMs: 10_000 })
    const { signal } = new AbortController()
    const arrival = async () => {
      let isOver = false
      const waiting = published(signal).finally(() => {
        isOver = true
      })
      await until(() => {
        clock.skip(10)
        return isOver
      })
      await waiting
    }
    await name('A', 'quick')
    await arrival()
    expect(await count(1)).toBe(true)
    erp.once('commit', 'HOLD')
    const outcome = cut.execute(systems.world.naming('A', 'slow'))
    await until(async () => (await systems.commits('CRM')).length === 2)
    const waited = expect(published(signal)).rejects.toThrow(
      'The snapshot waited 10 s for the commits of the CRM to reach the change stream',
    )
    const before = looks
    await until(() => {
      clock.skip(10)
      return looks > before + 1
    })
    clock.advance(10_000)
    await waited
    erp.release()
    await outcome
    await arrival()
    expect(await count(2)).toBe(true)
  })

  it('stop before one that cannot be published, say which it is, and lose nothing when it can be again', async () => {
    await write(1)
    const [first] = await systems.commits('CRM')
    let isBroken = true
    const { log, relay } = await systems.start({
      beforePublication: (transaction) => {
        if (isBroken && transaction[0]?.row.id === first?.id) throw new TypeError('out of the blue')
      },
    })
    await inTime(async () => log.lines.length > 0)
    expect(log.lines).toMatchObject([
      { level: 'error', fields: { transactionId: first?.id, err: { cause: { name: 'TypeError' } } } },
    ])
    const standing = async () => relay.standsBefore((await systems.state()).progress)
    expect(await standing()).toBe(first?.id)
    expect((await systems.published()).map(({ transactionId }) => transactionId)).not.toContain(first?.id)
    isBroken = false
    await inTime(() => count(5))
    expect(await standing()).toBeNull()
    await isAsCommitted()
  })
})
