import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../gateway/coordinator/coordinator.ts'
import type { TransactionId } from '../../schema/record.ts'
import { openTwoSystems, TIMEOUT_MS, type TwoSystems, until } from './two-systems.ts'

const idOf = (outcome: Outcome): TransactionId => {
  if (!('transaction' in outcome)) throw new Error(`no transaction: ${outcome.outcome}`)
  return outcome.transaction.id
}
const states = async (world: TwoSystems, id: TransactionId) => (await world.rows(id)).map((row) => row?.state)

/** The id of the one transaction that the CRM holds PREPARED. */
const preparedId = async (world: TwoSystems): Promise<TransactionId> => {
  const inDoubt = () => world.stores.CRM.look({ by: 'IN_DOUBT', deadlineBefore: Number.MAX_SAFE_INTEGER })
  await until(async () => (await inDoubt()).length === 1)
  const [row] = await inDoubt()
  if (row === undefined) throw new Error('nothing is prepared')
  return row.id
}

describe('a lost prepare', () => {
  test('whose reply was lost is found by a fence, and commits', async () => {
    await using world = await openTwoSystems()
    const { coordinator, erp } = world.gateway()
    erp.once('prepare', 'LOSE_REPLY')
    expect(await coordinator.execute(world.naming('C-1', 'Ada'))).toMatchObject({
      transaction: { state: 'COMMITTED', legs: [{ attempts: 1 }, { attempts: 1 }] },
    })
    expect(erp.count('fence').requests).toBe(1)
  })

  test('of one system alone whose reply was lost is found committed', async () => {
    await using world = await openTwoSystems()
    const { coordinator, erp } = world.gateway()
    erp.once('prepare', 'LOSE_REPLY')
    const outcome = await coordinator.execute(world.naming('C-1', 'Ada', {}, ['ERP']))
    expect(outcome).toMatchObject({ transaction: { state: 'COMMITTED' } })
    expect(await world.revisions('C-1')).toEqual([0, 1])
  })

  test('that never arrived is fenced off and made again as another attempt', async () => {
    await using world = await openTwoSystems()
    const { coordinator, erp } = world.gateway()
    erp.once('prepare', 'LOSE_REQUEST')
    const running = coordinator.execute(world.naming('C-1', 'Ada'))
    await until(() => erp.count('fence').requests === 1)
    await until(() => world.clock.armed() === 2)
    world.clock.advance(5)
    expect(await running).toMatchObject({
      transaction: { state: 'COMMITTED', legs: [{ attempts: 2 }, { attempts: 2 }] },
    })
    expect(await world.revisions('C-1')).toEqual([1, 1])
  })

  test('whose refusal was lost keeps its reasons', async () => {
    await using world = await openTwoSystems()
    const { coordinator, erp } = world.gateway()
    erp.once('prepare', 'LOSE_REPLY')
    expect(await coordinator.execute(world.naming('C-1', 'Nine char'))).toMatchObject({
      transaction: { state: 'REVERTED' },
      violations: [{ system: 'ERP', column: 'name' }],
    })
  })

  test('that arrives after its fence finds the place taken', async () => {
    await using world = await openTwoSystems()
    const paused = world.gateway({ settings: { attemptsMax: 1 } })
    const successor = world.gateway()
    paused.erp.once('prepare', 'HOLD')
    const running = paused.coordinator.execute(world.naming('C-1', 'Ada'))
    const id = await preparedId(world)
    expect(await successor.coordinator.recover({ alone: true })).toEqual({ resolved: [id], unresolved: [] })
    paused.erp.release()
    expect(await running).toMatchObject({
      transaction: { id, state: 'REVERTED' },
      violations: [{ code: 'SYSTEM_UNAVAILABLE', system: 'ERP', retryable: true }],
    })
    expect(await states(world, id)).toEqual(['ABORTED', 'ABORTED'])
    expect(await world.names('C-1')).toEqual([null, null])
  })
})

describe('a system that is away', () => {
  test('and back before the deadline is asked again', async () => {
    await using world = await openTwoSystems()
    const { coordinator, erp } = world.gateway()
    erp.leave()
    const running = coordinator.execute(world.naming('C-1', 'Ada'))
    await until(() => world.clock.armed() === 2)
    erp.back()
    world.clock.advance(1_000)
    // The fence found nothing: the next attempt follows after its pause.
    await until(() => world.clock.armed() === 2)
    world.clock.advance(5)
    expect(await running).toMatchObject({ transaction: { state: 'COMMITTED', legs: [{ attempts: 2 }, {}] } })
  })

  test('until the deadline leaves the outcome unknown; once it is back, the timer finds it out', async () => {
    await using world = await openTwoSystems()
    const { coordinator, crm, erp } = world.gateway()
    erp.leave()
    const running = coordinator.execute(world.naming('C-1', 'Ada'))
    await until(() => crm.count('prepare').answers === 1 && world.clock.armed() === 2)
    world.clock.advance(TIMEOUT_MS)
    const outcome = await running
    expect(outcome).toMatchObject({
      outcome: 'UNDECIDED',
      transaction: { state: 'PREPARING', legs: [{ state: 'PREPARED' }, { state: 'UNKNOWN' }] },
      violations: [{ code: 'TIMEOUT' }],
    })
    const id = idOf(outcome)
    expect(await states(world, id)).toEqual(['PREPARED', undefined])
    await until(() => world.clock.armed() === 1)
    erp.back()
    world.clock.advance(1_000)
    await until(async () => (await coordinator.transaction(id))?.state === 'REVERTED')
    expect(await states(world, id)).toEqual(['ABORTED', 'ABORTED'])
  })

  test('when it is to commit: decided, COMMITTING at the deadline, and applied once it is back', async () => {
    await using world = await openTwoSystems()
    const { coordinator, crm, erp } = world.gateway()
    erp.set('commit', 'LOSE_REQUEST')
    const running = coordinator.execute(world.naming('C-1', 'Ada'))
    await until(() => crm.count('commit').answers === 1 && world.clock.armed() === 2)
    world.clock.advance(TIMEOUT_MS)
    const outcome = await running
    expect(outcome).toMatchObject({
      outcome: 'DECIDED',
      violations: [],
      transaction: { state: 'COMMITTING', legs: [{ state: 'COMMITTED' }, { state: 'PREPARED' }] },
    })
    expect(await coordinator.transaction(idOf(outcome))).toMatchObject({ state: 'COMMITTING' })
    await until(() => world.clock.armed() === 1)
    erp.set('commit', null)
    world.clock.advance(1_000)
    await until(async () => (await world.names('C-1'))[1] === 'Ada')
    await until(async () => (await coordinator.transaction(idOf(outcome)))?.state === 'COMMITTED')
  })

  test('when it is to abort: refused at once for the caller’s deadline, and freed once it is back', async () => {
    await using world = await openTwoSystems()
    const { coordinator, crm } = world.gateway()
    crm.set('abort', 'LOSE_REQUEST')
    const running = coordinator.execute(world.naming('C-1', 'Nine char'))
    await until(() => world.clock.armed() === 2)
    world.clock.advance(TIMEOUT_MS)
    expect(await running).toMatchObject({
      outcome: 'DECIDED',
      transaction: { state: 'REVERTING', legs: [{ state: 'PREPARED' }, { state: 'ABORTED' }] },
      violations: [{ system: 'ERP' }],
    })
    await until(() => world.clock.armed() === 1)
    crm.set('abort', null)
    world.clock.advance(1)
    expect(await coordinator.recover({ alone: false })).toMatchObject({ unresolved: [] })
    expect(await coordinator.execute(world.naming('C-1', 'Ada'))).toMatchObject({ transaction: { state: 'COMMITTED' } })
  })

  test('during a recovery leaves everything as it is', async () => {
    await using world = await openTwoSystems()
    const dead = world.gateway()
    dead.erp.set('prepare', 'HANG')
    dead.coordinator.execute(world.naming('C-1', 'Ada'))
    const id = await preparedId(world)
    const { coordinator, erp } = world.gateway()
    erp.leave()
    expect(await coordinator.recover({ alone: true })).toEqual({ resolved: [], unresolved: [id] })
    expect(await states(world, id)).toEqual(['PREPARED', undefined])
  })
})

describe('a coordinator that dies', () => {
  test('between the votes and the commit: its successor finds that it is committed', async () => {
    await using world = await openTwoSystems()
    const dead = world.gateway()
    dead.crm.set('commit', 'HANG')
    dead.erp.set('commit', 'HANG')
    dead.coordinator.execute(world.naming('C-1', 'Ada'))
    await until(() => dead.erp.count('commit').requests === 1 && dead.crm.count('commit').requests === 1)
    const id = await preparedId(world)
    const { coordinator } = world.gateway()
    expect(await coordinator.transaction(id)).toMatchObject({ state: 'COMMITTING' })
    expect(await coordinator.recover({ alone: true })).toEqual({ resolved: [id], unresolved: [] })
    expect(await coordinator.transaction(id)).toMatchObject({ state: 'COMMITTED' })
    expect(await world.names('C-1')).toEqual(['Ada', 'Ada'])
  })

  test('between two prepares: its successor makes sure that nothing comes of it', async () => {
    await using world = await openTwoSystems()
    const dead = world.gateway()
    dead.erp.set('prepare', 'HANG')
    dead.coordinator.execute(world.naming('C-1', 'Ada'))
    const id = await preparedId(world)
    const { coordinator } = world.gateway()
    expect(await coordinator.recover({ alone: true })).toEqual({ resolved: [id], unresolved: [] })
    expect(await states(world, id)).toEqual(['ABORTED', 'ABORTED'])
    expect(await coordinator.recover({ alone: true })).toEqual({ resolved: [], unresolved: [] })
  })

  test('is left in peace by others until its deadline', async () => {
    await using world = await openTwoSystems()
    const slow = world.gateway()
    slow.erp.once('prepare', 'HOLD')
    const running = slow.coordinator.execute(world.naming('C-1', 'Ada'))
    await preparedId(world)
    const { coordinator } = world.gateway()
    expect(await coordinator.recover({ alone: false })).toEqual({ resolved: [], unresolved: [] })
    slow.erp.release()
    expect(await running).toMatchObject({ transaction: { state: 'COMMITTED' } })
  })
})

describe('two coordinators at once on one transaction', () => {
  test('both commit: whoever comes second changes nothing', async () => {
    await using world = await openTwoSystems()
    const paused = world.gateway()
    paused.crm.set('commit', 'HOLD')
    paused.erp.set('commit', 'HOLD')
    const running = paused.coordinator.execute(world.naming('C-1', 'Ada'))
    const id = await preparedId(world)
    await until(() => paused.erp.count('commit').requests === 1)
    const [one, two] = [world.gateway(), world.gateway()]
    const recovered = await Promise.all([one, two].map(({ coordinator }) => coordinator.recover({ alone: true })))
    expect(recovered).toEqual([
      { resolved: [id], unresolved: [] },
      { resolved: [id], unresolved: [] },
    ])
    paused.crm.release()
    paused.erp.release()
    expect(await running).toMatchObject({ transaction: { id, state: 'COMMITTED' } })
    expect(await world.revisions('C-1')).toEqual([1, 1])
  })
})
