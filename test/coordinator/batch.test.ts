import { describe, expect, test } from 'vitest'
import type { BatchOutcome, BatchRequest, MemberPlan } from '../../gateway/coordinator/coordinator.ts'
import type { Violation } from '../../schema/participant.ts'
import type { System } from '../../schema/record.ts'
import { openTwoSystems, TIMEOUT_MS, type TwoSystems, until } from './two-systems.ts'

/** A name that only the ERP refuses, and one that both do. */
const TOO_LONG_FOR_ERP = 'Nine char'
const TOO_LONG = 'Too long for either'

const planned: Violation = {
  ...{ code: 'CONFLICT', message: 'was changed', system: null, write: null, table: null, column: null },
  ...{ path: null, retryable: false },
}

/** The customer gets a name in each system that it is to be in. */
type Names = Partial<Readonly<Record<System, string>>>
type Members = Readonly<Record<string, string | Names | Violation>>

async function planOf(world: TwoSystems, number: string, wish: Members[string]): Promise<MemberPlan> {
  if (typeof wish === 'object' && 'code' in wish) return { legs: [], refusals: [wish] }
  const names = typeof wish === 'string' ? { CRM: wish, ERP: wish } : wish
  const plans = await Promise.all(
    (['CRM', 'ERP'] as const).flatMap((system) => {
      const name = names[system]
      return name === undefined ? [] : [world.planNaming(number, name, [system])]
    }),
  )
  return { legs: plans.flatMap(({ legs }) => legs), refusals: [] }
}

const batchOf = (world: TwoSystems, members: Members, change: Partial<BatchRequest> = {}): BatchRequest => ({
  ...{ origin: 'GRAPH', actor: null, idempotencyKey: null, request: JSON.stringify(members), timeoutMs: TIMEOUT_MS },
  ...{ systems: ['CRM', 'ERP'], members: Object.keys(members).length },
  plan: async () => ({
    mapSet: 'maps-1',
    members: await Promise.all(Object.entries(members).map(([number, wish]) => planOf(world, number, wish))),
  }),
  ...change,
})

const outcomesOf = ({ members }: BatchOutcome) => members.map(({ outcome }) => outcome)
const transactionIn = ({ transaction }: BatchOutcome) => {
  if (transaction === null) throw new Error('no transaction')
  return transaction
}

describe('a batch', () => {
  test('lands member by member in both systems, as one row, one call and one commit in each', async () => {
    await using world = await openTwoSystems()
    const { coordinator, crm, erp } = world.gateway()
    const outcome = await coordinator.executeBatch(batchOf(world, { 'C-1': 'Ada', 'C-2': 'Bob', 'C-3': 'Cy' }))
    expect(outcome.members).toEqual([{ outcome: 'COMMITTED' }, { outcome: 'COMMITTED' }, { outcome: 'COMMITTED' }])
    expect(transactionIn(outcome)).toMatchObject({ state: 'COMMITTED' })
    expect(await Promise.all(['C-1', 'C-2', 'C-3'].map(world.names))).toEqual([
      ...[
        ['Ada', 'Ada'],
        ['Bob', 'Bob'],
        ['Cy', 'Cy'],
      ],
    ])
    for (const system of [crm, erp]) {
      expect([system.count('prepare').requests, system.count('commit').requests]).toEqual([1, 1])
    }
  })

  test('leaves out whom one system refuses, in both, and tells why', async () => {
    await using world = await openTwoSystems()
    const { coordinator } = world.gateway()
    const members = {
      'C-1': 'Ada',
      'C-2': TOO_LONG_FOR_ERP,
      'C-3': { CRM: TOO_LONG, ERP: 'Cy' },
      'C-4': TOO_LONG,
      'C-5': 'Eve',
    }
    const outcome = await coordinator.executeBatch(batchOf(world, members))
    const refusedBy = (...systems: readonly System[]) => ({
      outcome: 'REFUSED',
      violations: systems.map((system) => ({ code: 'VALIDATION', system, column: 'name' })),
    })
    expect(outcome.members).toMatchObject([
      ...[{ outcome: 'COMMITTED' }, refusedBy('ERP'), refusedBy('CRM'), refusedBy('CRM', 'ERP')],
      { outcome: 'COMMITTED' },
    ])
    expect(await Promise.all(Object.keys(members).map(world.names))).toEqual([
      ...[
        ['Ada', 'Ada'],
        [null, null],
        [null, null],
        [null, null],
        ['Eve', 'Eve'],
      ],
    ])
    const { id, leftOut, legs } = transactionIn(outcome)
    expect(leftOut).toEqual([1, 2, 3])
    expect(legs.map(({ writes }) => writes.map(({ member }) => member))).toEqual([
      [0, 4],
      [0, 4],
    ])
    expect(await coordinator.transaction(id)).toMatchObject({ state: 'COMMITTED', leftOut: [1, 2, 3] })
    expect((await world.rows(id)).map((row) => row?.leftOut)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
  })

  test('leaves out whom its planner refused, and commits nothing for whom nothing is to be written', async () => {
    await using world = await openTwoSystems()
    const { coordinator } = world.gateway()
    const outcome = await coordinator.executeBatch(batchOf(world, { 'C-1': planned, 'C-2': 'Bob', 'C-3': {} }))
    expect(outcome.members).toEqual([
      { outcome: 'REFUSED', violations: [{ ...planned, member: 0 }] },
      ...[{ outcome: 'COMMITTED' }, { outcome: 'COMMITTED' }],
    ])
  })

  test('without anything to write is told at once, and is no transaction', async () => {
    await using world = await openTwoSystems()
    const { coordinator } = world.gateway()
    expect(await coordinator.executeBatch(batchOf(world, { 'C-1': planned, 'C-2': {} }))).toEqual({
      transaction: null,
      replayed: false,
      members: [{ outcome: 'REFUSED', violations: [{ ...planned, member: 0 }] }, { outcome: 'COMMITTED' }],
    })
    expect(outcomesOf(await coordinator.executeBatch(batchOf(world, { 'C-1': {} })))).toEqual(['COMMITTED'])
  })

  test('is refused as a whole where one system refuses every member, with the reasons of both', async () => {
    await using world = await openTwoSystems()
    const { coordinator } = world.gateway()
    const outcome = await coordinator.executeBatch(batchOf(world, { 'C-1': TOO_LONG_FOR_ERP, 'C-2': TOO_LONG }))
    expect(transactionIn(outcome).state).toBe('REVERTED')
    expect(outcome.members).toMatchObject([
      { outcome: 'REFUSED', violations: [{ system: 'ERP' }] },
      { outcome: 'REFUSED', violations: [{ system: 'CRM' }, { system: 'ERP' }] },
    ])
  })

  test('commits nothing where between them the systems refuse every member', async () => {
    await using world = await openTwoSystems()
    const { coordinator } = world.gateway()
    const members = { 'C-1': TOO_LONG_FOR_ERP, 'C-2': { CRM: TOO_LONG, ERP: 'Bob' } }
    const outcome = await coordinator.executeBatch(batchOf(world, members))
    expect(transactionIn(outcome)).toMatchObject({ state: 'COMMITTED', leftOut: [0, 1] })
    expect(outcomesOf(outcome)).toEqual(['REFUSED', 'REFUSED'])
    expect(await Promise.all(['C-1', 'C-2'].map(world.names))).toEqual([
      [null, null],
      [null, null],
    ])
  })

  test('of one system alone is one call to it', async () => {
    await using world = await openTwoSystems()
    const { coordinator, crm, erp } = world.gateway()
    const members = { 'C-1': { ERP: 'Ada' }, 'C-2': { ERP: TOO_LONG } }
    expect(outcomesOf(await coordinator.executeBatch(batchOf(world, members)))).toEqual(['COMMITTED', 'REFUSED'])
    expect([erp.count('prepare').requests, erp.count('commit').requests]).toEqual([1, 0])
    expect(crm.count('prepare').requests).toBe(0)
  })

  test('does not wait: a member that meets another writer is refused for now, and its neighbours go on', async () => {
    await using world = await openTwoSystems()
    const [busy, importer] = [world.gateway(), world.gateway()]
    busy.erp.once('prepare', 'HOLD')
    const writing = busy.coordinator.execute(world.naming('C-1', 'Ada'))
    await until(async () => (await world.stores.CRM.look({ by: 'IN_DOUBT', deadlineBefore: Infinity })).length === 1)
    const outcome = await importer.coordinator.executeBatch(batchOf(world, { 'C-1': 'Ada', 'C-2': 'Bob' }))
    expect(outcome.members).toMatchObject([
      { outcome: 'REFUSED', violations: [{ code: 'LOCKED', retryable: true, system: 'CRM' }] },
      { outcome: 'COMMITTED' },
    ])
    busy.erp.release()
    expect(await writing).toMatchObject({ transaction: { state: 'COMMITTED' } })
    expect(await Promise.all(['C-1', 'C-2'].map(world.names))).toEqual([
      ['Ada', 'Ada'],
      ['Bob', 'Bob'],
    ])
  })

  test('has one attempt: what was called off comes again if its maker wants it to', async () => {
    await using world = await openTwoSystems()
    const { coordinator, erp } = world.gateway()
    erp.once('prepare', 'LOSE_REQUEST')
    const batch = batchOf(world, { 'C-1': 'Ada', 'C-2': TOO_LONG })
    const outcome = await coordinator.executeBatch(batch)
    expect(outcome.members).toMatchObject([
      { outcome: 'REFUSED', violations: [{ code: 'SYSTEM_UNAVAILABLE', retryable: true }] },
      { outcome: 'REFUSED', violations: [{ code: 'VALIDATION', system: 'CRM' }, { code: 'SYSTEM_UNAVAILABLE' }] },
    ])
    expect(outcomesOf(await coordinator.executeBatch(batch))).toEqual(['COMMITTED', 'REFUSED'])
  })
})

describe('a batch whose answers are lost', () => {
  const members = { 'C-1': 'Ada', 'C-2': TOO_LONG_FOR_ERP, 'C-3': { CRM: TOO_LONG, ERP: 'Cy' } }
  const whoIsThere = async (world: TwoSystems) => Promise.all(Object.keys(members).map(world.names))
  const FIRST_ALONE = [
    ['Ada', 'Ada'],
    [null, null],
    [null, null],
  ]

  test('finds the vote on each member by a fence', async () => {
    await using world = await openTwoSystems()
    const { coordinator, erp } = world.gateway()
    erp.once('prepare', 'LOSE_REPLY')
    const outcome = await coordinator.executeBatch(batchOf(world, members))
    expect(outcomesOf(outcome)).toEqual(['COMMITTED', 'REFUSED', 'REFUSED'])
    expect(await whoIsThere(world)).toEqual(FIRST_ALONE)
  })

  test('is brought to the same end by another gateway, which knows the rows alone', async () => {
    await using world = await openTwoSystems()
    const [paused, successor] = [world.gateway(), world.gateway()]
    paused.crm.once('commit', 'HANG')
    paused.erp.once('commit', 'HANG')
    const running = paused.coordinator.executeBatch(batchOf(world, members))
    await until(() => paused.erp.count('commit').requests === 1 && paused.crm.count('commit').requests === 1)
    expect(await successor.coordinator.recover({ alone: true })).toMatchObject({ resolved: [expect.any(String)] })
    expect(await whoIsThere(world)).toEqual(FIRST_ALONE)
    world.clock.advance(TIMEOUT_MS)
    expect(outcomesOf(await running)).toEqual(['COMMITTED', 'REFUSED', 'REFUSED'])
  })

  test('is brought to the same end where one system has committed it, and the reasons of both are found', async () => {
    await using world = await openTwoSystems()
    const [first, second] = [world.gateway(), world.gateway()]
    const batch = batchOf(world, members, { idempotencyKey: 'key-1' })
    first.erp.once('commit', 'HANG')
    const running = first.coordinator.executeBatch(batch)
    await until(() => first.crm.count('commit').answers === 1)
    world.clock.advance(TIMEOUT_MS)
    expect(outcomesOf(await running)).toEqual(['COMMITTED', 'REFUSED', 'REFUSED'])
    const again = await second.coordinator.executeBatch(batch)
    expect(again).toMatchObject({
      replayed: true,
      transaction: { state: 'COMMITTED', leftOut: [1, 2] },
      members: [
        { outcome: 'COMMITTED' },
        { outcome: 'REFUSED', violations: [{ system: 'ERP', column: 'name' }] },
        { outcome: 'REFUSED', violations: [{ system: 'CRM', column: 'name' }] },
      ],
    })
    expect(await whoIsThere(world)).toEqual(FIRST_ALONE)
  })

  test('is not known in time where a system is silent, and is told to the same batch under its key', async () => {
    await using world = await openTwoSystems()
    const { coordinator, crm, erp } = world.gateway()
    const batch = batchOf(world, members, { idempotencyKey: 'key-1' })
    erp.once('prepare', 'LOSE_REPLY')
    erp.set('fence', 'LOSE_REQUEST')
    const running = coordinator.executeBatch(batch)
    await until(() => crm.count('prepare').answers === 1 && world.clock.armed() === 2)
    world.clock.advance(TIMEOUT_MS)
    expect(outcomesOf(await running)).toEqual(['UNDECIDED', 'UNDECIDED', 'UNDECIDED'])
    erp.set('look', 'LOSE_REQUEST')
    expect(outcomesOf(await coordinator.executeBatch(batch))).toEqual(['NOT_STARTED', 'NOT_STARTED', 'NOT_STARTED'])
    for (const call of ['fence', 'look'] as const) erp.set(call, null)
    expect(outcomesOf(await coordinator.executeBatch(batch))).toEqual(['COMMITTED', 'REFUSED', 'REFUSED'])
    expect(await whoIsThere(world)).toEqual(FIRST_ALONE)
  })

  test('and that was called off is not tried again under its key', async () => {
    await using world = await openTwoSystems()
    const { coordinator, erp } = world.gateway()
    const batch = batchOf(world, members, { idempotencyKey: 'key-1' })
    erp.once('prepare', 'LOSE_REQUEST')
    const outcome = await coordinator.executeBatch(batch)
    expect(outcome.members[0]).toMatchObject({ outcome: 'REFUSED', violations: [{ retryable: true }] })
    const again = await coordinator.executeBatch(batch)
    expect(again).toMatchObject({ replayed: true, transaction: { state: 'REVERTED' } })
    expect(again.members).toMatchObject([
      ...[
        { outcome: 'REFUSED', violations: [{ code: 'SYSTEM_UNAVAILABLE', retryable: true }] },
        { outcome: 'REFUSED', violations: [{ code: 'SYSTEM_UNAVAILABLE', retryable: true }] },
      ],
      { outcome: 'REFUSED', violations: [{ code: 'VALIDATION', system: 'CRM', retryable: false }] },
    ])
    const anew = { ...batch, idempotencyKey: 'key-2' }
    expect(outcomesOf(await coordinator.executeBatch(anew))).toEqual(['COMMITTED', 'REFUSED', 'REFUSED'])
  })

  test('and that was fenced off before anybody held it stays refused under its key, however it is planned', async () => {
    await using world = await openTwoSystems()
    const { coordinator, crm, erp } = world.gateway()
    const batch = batchOf(world, { ...members, 'C-4': planned }, { idempotencyKey: 'key-1' })
    for (const system of [crm, erp]) system.once('prepare', 'LOSE_REQUEST')
    const calledOff = {
      outcome: 'REFUSED',
      violations: [{ code: 'SYSTEM_UNAVAILABLE' }, { code: 'SYSTEM_UNAVAILABLE' }],
    }
    expect((await coordinator.executeBatch(batch)).members[0]).toMatchObject(calledOff)
    await coordinator.execute(world.naming('C-1', 'Bob'))
    expect((await coordinator.executeBatch(batch)).members[0]).toMatchObject(calledOff)
    expect(await world.names('C-1')).toEqual(['Bob', 'Bob'])
  })
})
