import { describe, expect, test } from 'vitest'
import type { Plan } from '../../gateway/coordinator/coordinator.ts'
import { digestPlan } from '../../gateway/coordinator/digest.ts'
import type { TransactionId } from '../../schema/record.ts'
import { openTwoSystems, TIMEOUT_MS, type TwoSystems, until } from './two-systems.ts'

/** Somebody older who holds the record's locks in the ERP. */
const holdLocks = async (world: TwoSystems, number: string): Promise<TransactionId> => {
  const id = 'older' as TransactionId
  const plan = await world.planNaming(number, 'Held')
  const now = world.clock.now()
  const [vote] = world.stores.ERP.prepare([
    {
      id,
      plan: digestPlan(plan, null),
      participants: ['CRM', 'ERP'],
      mapSet: plan.mapSet,
      origin: 'GRAPH',
      actor: null,
      startedAt: now - 1_000,
      age: { at: now - 1_000, id },
      deadline: now + 60_000,
      idempotency: null,
      subject: null,
      writes: plan.legs.find((leg) => leg.system === 'ERP')?.writes ?? [],
      refusals: [],
    },
  ])
  expect(await vote).toEqual({ vote: 'YES', state: 'PREPARED' })
  return id
}

/** The base of every write is off. */
const outdated = (plan: Plan): Plan => ({
  ...plan,
  legs: plan.legs.map((leg) => ({
    ...leg,
    writes: leg.writes.map((write) => ({ ...write, base: { revision: 7, transaction: null }, revision: 8 })),
  })),
})

describe('a request that is refused LOCKED', () => {
  test('is made again after a pause, and succeeds once the lock is free', async () => {
    await using world = await openTwoSystems()
    const holder = await holdLocks(world, 'C-1')
    const { coordinator } = world.gateway()
    const running = coordinator.execute(world.naming('C-1', 'Ada'))
    await until(() => world.clock.armed() === 2)
    await Promise.all(world.stores.ERP.abort([holder]))
    world.clock.advance(10)
    expect(await running).toMatchObject({
      transaction: { state: 'COMMITTED', legs: [{ attempts: 2 }, { attempts: 2 }] },
    })
  })

  test('keeps the age of its first attempt, so that it wins in the end', async () => {
    await using world = await openTwoSystems()
    const holder = await holdLocks(world, 'C-1')
    const { coordinator } = world.gateway()
    const firstAt = world.clock.now()
    const running = coordinator.execute(world.naming('C-1', 'Ada'))
    await until(() => world.clock.armed() === 2)
    await Promise.all(world.stores.ERP.abort([holder]))
    world.clock.advance(10)
    const outcome = await running
    if (!('transaction' in outcome)) throw new Error('no transaction')
    const [row] = await world.rows(outcome.transaction.id)
    expect(row?.age.at).toBe(firstAt)
    expect(row?.age.id).not.toBe(outcome.transaction.id)
  })

  test('is given up after so many attempts', async () => {
    await using world = await openTwoSystems()
    await holdLocks(world, 'C-1')
    const { coordinator, erp } = world.gateway({ settings: { attemptsMax: 2 } })
    const running = coordinator.execute(world.naming('C-1', 'Ada'))
    await until(() => world.clock.armed() === 2)
    world.clock.advance(10)
    expect(await running).toMatchObject({
      outcome: 'DECIDED',
      transaction: { state: 'REVERTED' },
      violations: [{ code: 'LOCKED', system: 'ERP', retryable: true }],
    })
    expect(erp.count('prepare').requests).toBe(2)
  })

  test('is given up at its deadline', async () => {
    await using world = await openTwoSystems()
    await holdLocks(world, 'C-1')
    const { coordinator } = world.gateway()
    const running = coordinator.execute(world.naming('C-1', 'Ada', { timeoutMs: 1_000 }))
    await until(() => world.clock.armed() === 2)
    world.clock.advance(1_000)
    expect(await running).toMatchObject({ transaction: { state: 'REVERTED' }, violations: [{ code: 'LOCKED' }] })
    expect(world.clock.armed()).toBe(0)
  })
})

describe('a request that is refused STALE', () => {
  test('is planned afresh', async () => {
    await using world = await openTwoSystems()
    const { coordinator } = world.gateway()
    const attempts: number[] = []
    const plan = async (attempt: number) => {
      attempts.push(attempt)
      const fresh = await world.planNaming('C-1', 'Ada')
      return attempt === 0 ? outdated(fresh) : fresh
    }
    const running = coordinator.execute(world.naming('C-1', 'Ada', { plan }))
    await until(() => world.clock.armed() === 2)
    world.clock.advance(10)
    expect(await running).toMatchObject({ transaction: { state: 'COMMITTED', legs: [{ attempts: 2 }, {}] } })
    expect(attempts).toEqual([0, 1])
  })
})

test('planning that takes longer than the deadline begins nothing', async () => {
  await using world = await openTwoSystems()
  const { coordinator, crm } = world.gateway()
  const running = coordinator.execute(world.naming('C-1', 'Ada', { plan: () => new Promise(() => {}) }))
  await until(() => world.clock.armed() === 1)
  world.clock.advance(TIMEOUT_MS)
  expect(await running).toMatchObject({ outcome: 'NOT_STARTED', violations: [{ code: 'TIMEOUT', retryable: true }] })
  expect(crm.count('prepare').requests).toBe(0)
})
