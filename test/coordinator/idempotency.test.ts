import { describe, expect, test } from 'vitest'
import { openTwoSystems, TIMEOUT_MS, type TwoSystems, until } from './two-systems.ts'

const keyed = (world: TwoSystems, name: string, change: object = {}) =>
  world.naming('C-1', name, { idempotencyKey: 'key-1', ...change })

describe('a request under a key', () => {
  test('that succeeded is answered again, by any gateway, and done once', async () => {
    await using world = await openTwoSystems()
    const first = await world.gateway().coordinator.execute(keyed(world, 'Ada'))
    const again = await world.gateway().coordinator.execute(keyed(world, 'Ada'))
    expect(first).toMatchObject({ replayed: false, transaction: { state: 'COMMITTED' } })
    if (!('transaction' in first)) throw new Error('no transaction')
    expect(again).toMatchObject({
      outcome: 'DECIDED',
      replayed: true,
      violations: [],
      transaction: { id: first.transaction.id, state: 'COMMITTED', subject: { entity: 'Customer', id: 'C-1' } },
    })
    expect(await world.revisions('C-1')).toEqual([1, 1])
  })

  test('that was refused for good is refused again, for the same reasons', async () => {
    await using world = await openTwoSystems()
    const { coordinator } = world.gateway()
    const first = await coordinator.execute(keyed(world, 'Nine char'))
    const again = await coordinator.execute(keyed(world, 'Nine char'))
    expect(again).toMatchObject({ outcome: 'DECIDED', replayed: true, transaction: { state: 'REVERTED' } })
    expect('violations' in again && 'violations' in first && again.violations).toEqual(
      'violations' in first && first.violations,
    )
  })

  test('that was refused for a passing reason is tried again as the next attempt', async () => {
    await using world = await openTwoSystems()
    const { coordinator, erp } = world.gateway({ settings: { attemptsMax: 1 } })
    erp.once('prepare', 'LOSE_REQUEST')
    expect(await coordinator.execute(keyed(world, 'Ada'))).toMatchObject({
      transaction: { state: 'REVERTED' },
      violations: [{ code: 'SYSTEM_UNAVAILABLE' }],
    })
    const again = await coordinator.execute(keyed(world, 'Ada'))
    expect(again).toMatchObject({ replayed: false, transaction: { state: 'COMMITTED' } })
    if (!('transaction' in again)) throw new Error('no transaction')
    const rows = await world.rows(again.transaction.id)
    expect(rows.map((row) => row?.idempotency?.attempt)).toEqual([1, 1])
  })

  test('that belongs to another request is refused, whether that one is over or under way', async () => {
    await using world = await openTwoSystems()
    const { coordinator } = world.gateway()
    const mismatch = { outcome: 'NOT_STARTED', violations: [{ code: 'IDEMPOTENCY_MISMATCH', retryable: false }] }
    const first = coordinator.execute(keyed(world, 'Ada'))
    expect(await coordinator.execute(keyed(world, 'Bob'))).toMatchObject(mismatch)
    await first
    expect(await coordinator.execute(keyed(world, 'Bob'))).toMatchObject(mismatch)
    expect(await world.names('C-1')).toEqual(['Ada', 'Ada'])
  })

  test('made twice at once in one gateway is one execution', async () => {
    await using world = await openTwoSystems()
    const { coordinator, crm } = world.gateway()
    const outcomes = await Promise.all([
      coordinator.execute(keyed(world, 'Ada')),
      coordinator.execute(keyed(world, 'Ada')),
    ])
    expect(outcomes).toMatchObject([{ replayed: false }, { replayed: true }])
    expect(crm.count('prepare').requests).toBe(1)
  })

  test('made at once in two gateways is done once', async () => {
    await using world = await openTwoSystems()
    const gateways = [world.gateway(), world.gateway(), world.gateway()]
    const running = Promise.all(gateways.map(({ coordinator }) => coordinator.execute(keyed(world, 'Ada'))))
    // Whoever lost to another plan looks again after a pause.
    let over = false
    running.then(() => {
      over = true
    })
    await until(() => {
      world.clock.skip(1_000)
      return over
    })
    expect(new Set((await running).map((outcome) => 'transaction' in outcome && outcome.transaction.state))).toEqual(
      new Set(['COMMITTED']),
    )
    expect(await world.revisions('C-1')).toEqual([1, 1])
  })

  test('made at once under two plans is not said to be refused by the gateway whose plan lost', async () => {
    await using world = await openTwoSystems()
    const winner = world.gateway()
    const loser = world.gateway({ settings: { attemptsMax: 1 } })
    const request = keyed(world, 'Ada')
    const held = Promise.withResolvers<void>()
    const planned = Promise.withResolvers<void>()
    const losing = loser.coordinator.execute({
      ...request,
      plan: async (attempt) => {
        const plan = await request.plan(attempt)
        planned.resolve()
        await held.promise
        return plan && { ...plan, mapSet: 'another' }
      },
    })
    await planned.promise
    expect(await winner.coordinator.execute(request)).toMatchObject({ transaction: { state: 'COMMITTED' } })
    held.resolve()
    expect(await losing).toMatchObject({ outcome: 'NOT_STARTED', violations: [{ code: 'TIMEOUT', retryable: true }] })
    expect(await world.names('C-1')).toEqual(['Ada', 'Ada'])
  })

  test('that happens to plan what another request under the key plans is refused all the same', async () => {
    await using world = await openTwoSystems()
    const held = Promise.withResolvers<void>()
    const planned = Promise.withResolvers<void>()
    const request = keyed(world, 'Ada', { timeoutMs: 600_000 })
    const other = world.gateway().coordinator.execute({
      ...request,
      request: `${request.request} and more`,
      plan: async (attempt) => {
        const plan = await request.plan(attempt)
        planned.resolve()
        await held.promise
        return plan
      },
    })
    await planned.promise
    expect(await world.gateway().coordinator.execute(request)).toMatchObject({ transaction: { state: 'COMMITTED' } })
    held.resolve()
    let outcome: unknown = null
    void other.then((answer) => {
      outcome = answer
    })
    // It looks again after a pause.
    await until(() => {
      world.clock.skip(1_000)
      return outcome !== null
    })
    expect(outcome).toMatchObject({ outcome: 'NOT_STARTED', violations: [{ code: 'IDEMPOTENCY_MISMATCH' }] })
    expect(await world.revisions('C-1')).toEqual([1, 1])
  })

  test('is not begun while a system that may hold an earlier attempt is silent', async () => {
    await using world = await openTwoSystems()
    const { coordinator, erp } = world.gateway()
    erp.leave()
    expect(await coordinator.execute(keyed(world, 'Ada'))).toMatchObject({
      outcome: 'NOT_STARTED',
      violations: [{ code: 'SYSTEM_UNAVAILABLE', system: 'ERP', retryable: true }],
    })
  })
})

describe('a request under a key whose outcome was unknown', () => {
  test('and was a commit is answered with it', async () => {
    await using world = await openTwoSystems()
    const dead = world.gateway()
    dead.crm.set('commit', 'HANG')
    dead.erp.set('commit', 'HANG')
    dead.coordinator.execute(keyed(world, 'Ada'))
    await until(() => dead.erp.count('commit').requests === 1 && dead.crm.count('commit').requests === 1)
    const again = await world.gateway().coordinator.execute(keyed(world, 'Ada'))
    expect(again).toMatchObject({ replayed: true, transaction: { state: 'COMMITTED' } })
    expect(await world.names('C-1')).toEqual(['Ada', 'Ada'])
  })

  test('is not told what one system alone has refused it for: with the reasons of the other it may be tried again', async () => {
    await using world = await openTwoSystems()
    const dead = world.gateway()
    dead.crm.set('prepare', 'HANG')
    dead.crm.set('fence', 'HANG')
    dead.coordinator.execute(keyed(world, 'Alexandra'))
    await until(() => dead.erp.count('prepare').answers === 1)
    const other = world.gateway()
    other.crm.set('fence', 'HANG')
    const running = other.coordinator.execute(keyed(world, 'Alexandra'))
    await until(() => other.crm.count('fence').requests === 1)
    world.clock.advance(TIMEOUT_MS)
    expect(await running).toMatchObject({ outcome: 'UNDECIDED', violations: [{ code: 'TIMEOUT', retryable: true }] })
  })

  test.each([
    [
      'not told it for good by its own gateway either',
      'key-1',
      { outcome: 'UNDECIDED', violations: [{ code: 'TIMEOUT' }] },
    ],
    [
      'told it where there is no key, and so no other attempt',
      null,
      { outcome: 'DECIDED', violations: [{ system: 'ERP' }] },
    ],
  ])('is %s', async (_, idempotencyKey, told) => {
    await using world = await openTwoSystems()
    const { coordinator, crm, erp } = world.gateway()
    crm.set('prepare', 'HANG')
    crm.set('fence', 'HANG')
    const running = coordinator.execute(keyed(world, 'Alexandra', { idempotencyKey }))
    await until(() => erp.count('prepare').answers === 1)
    world.clock.advance(TIMEOUT_MS)
    const outcome = await running
    expect(outcome).toMatchObject(told)
    expect('transaction' in outcome && outcome.transaction.state).toBe('REVERTING')
  })

  test('and came to nothing is tried again', async () => {
    await using world = await openTwoSystems()
    const { coordinator, crm, erp } = world.gateway()
    erp.set('prepare', 'LOSE_REQUEST')
    erp.set('fence', 'LOSE_REQUEST')
    const running = coordinator.execute(keyed(world, 'Ada'))
    await until(() => crm.count('prepare').answers === 1 && world.clock.armed() === 2)
    world.clock.advance(TIMEOUT_MS)
    expect(await running).toMatchObject({
      outcome: 'UNDECIDED',
      transaction: { state: 'PREPARING' },
      violations: [{ code: 'TIMEOUT', retryable: true }],
    })
    erp.set('prepare', null)
    erp.set('fence', null)
    world.clock.advance(1)
    const again = await coordinator.execute(keyed(world, 'Ada'))
    expect(again).toMatchObject({ replayed: false, transaction: { state: 'COMMITTED' } })
    expect(await world.revisions('C-1')).toEqual([1, 1])
  })

  test('and is soon decided by its own coordinator is answered soon', async () => {
    await using world = await openTwoSystems()
    const slow = world.gateway()
    slow.erp.once('prepare', 'HOLD')
    const running = slow.coordinator.execute(keyed(world, 'Ada'))
    await until(() => slow.crm.count('prepare').answers === 1)
    const again = world.gateway().coordinator.execute(keyed(world, 'Ada'))
    await until(() => world.clock.armed() === 3)
    slow.erp.release()
    expect(await running).toMatchObject({ replayed: false, transaction: { state: 'COMMITTED' } })
    world.clock.advance(20)
    expect(await again).toMatchObject({ replayed: true, transaction: { state: 'COMMITTED' } })
    expect(await world.revisions('C-1')).toEqual([1, 1])
  })

  test('waits for the deadline of a coordinator that may be alive, and no longer than its own', async () => {
    await using world = await openTwoSystems()
    const dead = world.gateway()
    dead.erp.set('prepare', 'HANG')
    dead.coordinator.execute(keyed(world, 'Ada'))
    await until(() => dead.erp.count('prepare').requests === 1)
    await until(
      async () =>
        (await world.stores.CRM.look({ by: 'IN_DOUBT', deadlineBefore: Number.MAX_SAFE_INTEGER })).length === 1,
    )

    const { coordinator } = world.gateway()
    const impatient = coordinator.execute(keyed(world, 'Ada', { timeoutMs: 500 }))
    await until(() => world.clock.armed() === 3)
    world.clock.advance(500)
    expect(await impatient).toMatchObject({
      outcome: 'UNDECIDED',
      replayed: true,
      transaction: { state: 'PREPARING' },
      violations: [{ code: 'TIMEOUT', retryable: true }],
    })

    const patient = coordinator.execute(keyed(world, 'Ada', { timeoutMs: 2 * TIMEOUT_MS }))
    await until(() => world.clock.armed() === 3)
    world.clock.advance(TIMEOUT_MS)
    expect(await patient).toMatchObject({ replayed: false, transaction: { state: 'COMMITTED' } })
    expect(await world.revisions('C-1')).toEqual([1, 1])
  })

  test('is not made again while one system may yet refuse for good what another has refused for now', async () => {
    await using world = await openTwoSystems()
    const [writing, first, second] = [world.gateway(), world.gateway(), world.gateway()]
    writing.erp.once('prepare', 'HOLD')
    const neighbour = writing.coordinator.execute(world.naming('C-1', 'Bob'))
    await until(() => writing.crm.count('prepare').answers === 1)

    // The CRM is locked; nobody knows yet that the ERP finds the name too long.
    first.erp.once('prepare', 'HOLD')
    const refused = first.coordinator.execute(keyed(world, 'Nine char'))
    await until(() => first.crm.count('prepare').answers === 1)

    second.erp.once('fence', 'HOLD')
    let plans = 0
    const plan = async () => {
      plans += 1
      return world.planNaming('C-1', 'Nine char')
    }
    const again = second.coordinator.execute(keyed(world, 'Nine char', { plan }))
    await until(() => second.erp.count('fence').requests === 1)
    first.erp.release()
    const outcome = await refused
    second.erp.release()
    if (!('transaction' in outcome)) throw new Error('no transaction')
    expect(await again).toMatchObject({
      replayed: true,
      transaction: { id: outcome.transaction.id, state: 'REVERTED' },
      violations: [
        { code: 'LOCKED', system: 'CRM' },
        { code: 'VALIDATION', system: 'ERP' },
      ],
    })
    expect(plans).toBe(0)
    writing.erp.release()
    await neighbour
  })
})
