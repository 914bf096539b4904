import { expect, test } from 'vitest'
import type { BatchRequest, MemberPlan } from '../../gateway/coordinator/coordinator.ts'
import type { Violation } from '../../schema/participant.ts'
import { openTwoSystems, TIMEOUT_MS, type TwoSystems, until } from './two-systems.ts'

/** One member for each customer that is to be given a name. */
function batchNaming(
  world: TwoSystems,
  named: readonly (readonly [number: string, name: string])[],
  change: Partial<BatchRequest> = {},
): BatchRequest {
  return {
    ...{ origin: 'GRAPH', actor: null, idempotencyKey: null, request: JSON.stringify(named), systems: ['CRM', 'ERP'] },
    ...{ timeoutMs: TIMEOUT_MS, members: named.length },
    plan: async () => ({
      mapSet: 'maps-1',
      members: await Promise.all(named.map(([number, name]): Promise<MemberPlan> => world.planNaming(number, name))),
    }),
    ...change,
  }
}

const planned: Violation = {
  ...{ code: 'VALIDATION', message: 'Has no partner', system: null, write: null, table: null, column: null },
  ...{ path: ['language'], retryable: false },
}

const FINE = ['C-1', 'Ada'] as const
const LONG_FOR_ERP = ['C-2', 'Nine char'] as const
const LONG_FOR_BOTH = ['C-3', 'Too long for either'] as const

test('each member lands in both systems or in neither, at the cost of one call to each', async () => {
  await using world = await openTwoSystems()
  const { coordinator, crm, erp } = world.gateway()
  const outcome = await coordinator.executeBatch(
    batchNaming(world, [FINE, LONG_FOR_ERP, LONG_FOR_BOTH, ['C-4', 'Bob']]),
  )
  expect(outcome).toMatchObject({
    transaction: { state: 'COMMITTED', subject: null, leftOut: [1, 2] },
    replayed: false,
    members: [
      { outcome: 'COMMITTED' },
      { outcome: 'REFUSED', violations: [{ code: 'VALIDATION', system: 'ERP', column: 'name', member: 1, write: 1 }] },
      { outcome: 'REFUSED', violations: [{ system: 'CRM' }, { system: 'ERP' }] },
      { outcome: 'COMMITTED' },
    ],
  })
  expect(outcome.transaction?.legs.map(({ writes }) => writes.map(({ member }) => member))).toEqual([
    [0, 3],
    [0, 3],
  ])
  expect(await Promise.all(['C-1', 'C-2', 'C-3', 'C-4'].map(world.names))).toEqual([
    ['Ada', 'Ada'],
    [null, null],
    [null, null],
    ['Bob', 'Bob'],
  ])
  expect([crm, erp].map((one) => [one.count('prepare').requests, one.count('commit').requests])).toEqual([
    [1, 1],
    [1, 1],
  ])
})

test('what the planner refuses is told with what the systems add', async () => {
  await using world = await openTwoSystems()
  const { coordinator } = world.gateway()
  const outcome = await coordinator.executeBatch(
    batchNaming(world, [FINE, LONG_FOR_ERP], {
      plan: async () => ({
        mapSet: 'maps-1',
        members: [
          await world.planNaming(...FINE),
          { ...(await world.planNaming(...LONG_FOR_ERP)), refusals: [planned] },
        ],
      }),
    }),
  )
  expect(outcome.members).toMatchObject([
    { outcome: 'COMMITTED' },
    { outcome: 'REFUSED', violations: [{ path: ['language'] }, { system: 'ERP', column: 'name' }] },
  ])
})

test('a batch of which one system refuses all, tells each member of both', async () => {
  await using world = await openTwoSystems()
  const { coordinator } = world.gateway()
  const outcome = await coordinator.executeBatch(batchNaming(world, [LONG_FOR_ERP, LONG_FOR_BOTH]))
  expect(outcome).toMatchObject({
    transaction: { state: 'REVERTED' },
    members: [
      { outcome: 'REFUSED', violations: [{ system: 'ERP' }] },
      { outcome: 'REFUSED', violations: [{ system: 'CRM' }, { system: 'ERP' }] },
    ],
  })
})

test('a batch of which each system refuses the half commits nothing', async () => {
  await using world = await openTwoSystems()
  const { coordinator } = world.gateway()
  await coordinator.execute(world.naming('C-1', 'Eve', {}, ['CRM']))
  const half = async (): Promise<MemberPlan> => {
    const plan = await world.planNaming('C-1', 'Ada')
    const stale = plan.legs.map((leg) =>
      leg.system === 'CRM'
        ? { ...leg, writes: leg.writes.map((write) => ({ ...write, base: { revision: 9, transaction: null } })) }
        : leg,
    )
    return { ...plan, legs: stale }
  }
  const outcome = await coordinator.executeBatch(
    batchNaming(world, [FINE, LONG_FOR_ERP], {
      plan: async () => ({ mapSet: 'maps-1', members: [await half(), await world.planNaming(...LONG_FOR_ERP)] }),
    }),
  )
  expect(outcome).toMatchObject({
    transaction: { state: 'COMMITTED', leftOut: [0, 1], legs: [{ writes: [] }, { writes: [] }] },
    members: [
      {
        outcome: 'REFUSED',
        violations: [
          { system: 'CRM', code: 'VALIDATION' },
          { system: 'CRM', code: 'STALE' },
        ],
      },
      { outcome: 'REFUSED', violations: [{ system: 'ERP' }] },
    ],
  })
})

test('is not tried again: a member that meets another writer comes back, and its neighbours do not wait', async () => {
  await using world = await openTwoSystems()
  const { coordinator } = world.gateway()
  const outcome = await coordinator.executeBatch(batchNaming(world, [FINE, ['C-1', 'Bob'], ['C-4', 'Cleo']]))
  expect(outcome.members).toMatchObject([
    { outcome: 'COMMITTED' },
    {
      outcome: 'REFUSED',
      violations: [
        { code: 'LOCKED', retryable: true },
        { code: 'LOCKED', retryable: true },
      ],
    },
    { outcome: 'COMMITTED' },
  ])
})

test('under its key the same batch has the same outcome, told from the rows alone', async () => {
  await using world = await openTwoSystems()
  const keyed = batchNaming(world, [FINE, LONG_FOR_ERP], { idempotencyKey: 'batch 1' })
  const first = await world.gateway().coordinator.executeBatch(keyed)
  const again = await world.gateway().coordinator.executeBatch(keyed)
  expect(again).toMatchObject({ replayed: true, transaction: { leftOut: [1] } })
  expect(again.members).toEqual(first.members)
})

test('whoever resolves a batch comes to the same members, and its caller learns every reason', async () => {
  await using world = await openTwoSystems()
  const { coordinator, crm, erp } = world.gateway()
  crm.set('prepare', 'LOSE_REPLY')
  erp.set('prepare', 'HOLD')
  crm.set('fence', 'HANG')
  const lost = coordinator.executeBatch(batchNaming(world, [FINE, LONG_FOR_ERP, LONG_FOR_BOTH], { timeoutMs: 100 }))
  await until(() => erp.count('prepare').requests > 0)
  erp.release()
  await until(() => erp.count('prepare').answers > 0 && crm.count('fence').requests > 0)
  world.clock.advance(100)
  expect((await lost).members.map(({ outcome }) => outcome)).toEqual(['UNDECIDED', 'UNDECIDED', 'UNDECIDED'])

  world.clock.advance(1)
  const resolver = world.gateway().coordinator
  const { resolved } = await resolver.recover({ alone: false })
  expect(resolved).toHaveLength(1)
  expect(await Promise.all(['C-1', 'C-2', 'C-3'].map(world.names))).toEqual([
    ['Ada', 'Ada'],
    [null, null],
    [null, null],
  ])
  const [id] = resolved
  if (id === undefined) throw new TypeError('nothing was resolved')
  const rows = await world.rows(id)
  expect(rows.map((row) => row?.leftOut)).toEqual([
    [1, 2],
    [1, 2],
  ])
  expect(await resolver.transaction(id)).toMatchObject({ state: 'COMMITTED', leftOut: [1, 2] })
})
