import { expect, test } from 'vitest'
import type { Violation } from '../../schema/participant.ts'
import { createKeptLog, openTwoSystems, until } from './two-systems.ts'

const UNMAPPED_VALUE: Violation = {
  code: 'VALIDATION',
  message: 'Has no partner in the ERP',
  system: null,
  write: null,
  table: null,
  column: null,
  path: ['language'],
  retryable: false,
}

test('a write lands in both systems, with the same revision, before it is answered', async () => {
  await using world = await openTwoSystems()
  const { coordinator } = world.gateway()
  const outcome = await coordinator.execute(world.naming('C-1', 'Ada'))
  expect(outcome).toMatchObject({
    outcome: 'DECIDED',
    violations: [],
    replayed: false,
    transaction: {
      state: 'COMMITTED',
      subject: { entity: 'Customer', id: 'C-1' },
      legs: [
        { system: 'CRM', mode: 'SYNC', state: 'COMMITTED', attempts: 1, lastError: null },
        { system: 'ERP', mode: 'SYNC', state: 'COMMITTED', attempts: 1, lastError: null },
      ],
    },
  })
  expect(await world.names('C-1')).toEqual(['Ada', 'Ada'])
  expect(await world.revisions('C-1')).toEqual([1, 1])
  expect(world.clock.armed()).toBe(0)
})

test('a refusal of one system leaves nothing in the other, and frees its locks before the answer', async () => {
  await using world = await openTwoSystems()
  const { coordinator } = world.gateway()
  const refused = await coordinator.execute(world.naming('C-1', 'Nine char'))
  expect(refused).toMatchObject({
    outcome: 'DECIDED',
    transaction: { state: 'REVERTED' },
    violations: [{ system: 'ERP', table: 'customers', column: 'name' }],
  })
  expect(await world.names('C-1')).toEqual([null, null])
  const next = await coordinator.execute(world.naming('C-1', 'Ada'))
  expect(next).toMatchObject({ transaction: { state: 'COMMITTED', legs: [{ attempts: 1 }, { attempts: 1 }] } })
})

test('the violations of both systems come in one answer', async () => {
  await using world = await openTwoSystems()
  const { coordinator } = world.gateway()
  const outcome = await coordinator.execute(world.naming('C-1', 'Too long for either'))
  expect(outcome).toMatchObject({ violations: [{ system: 'CRM' }, { system: 'ERP' }] })
})

test('a plan that was refused is witnessed by both systems, its reasons once, and is not tried again', async () => {
  await using world = await openTwoSystems()
  const { coordinator } = world.gateway()
  const plan = await world.planNaming('C-1', 'Nine char')
  let planned = 0
  const request = world.naming('C-1', 'Nine char', {
    plan: async () => {
      planned += 1
      return { ...plan, refusals: [UNMAPPED_VALUE] }
    },
  })
  const outcome = await coordinator.execute(request)
  expect(outcome).toMatchObject({
    transaction: { state: 'REVERTED' },
    violations: [UNMAPPED_VALUE, { system: 'ERP', column: 'name' }],
  })
  if (outcome.outcome !== 'DECIDED') throw new Error('not decided')
  expect((await world.rows(outcome.transaction.id)).map((row) => row?.state)).toEqual(['ABORTED', 'ABORTED'])
  expect(planned).toBe(1)
})

test('a write that concerns one system alone is one call to it and none to the other', async () => {
  await using world = await openTwoSystems()
  const { coordinator, crm, erp } = world.gateway()
  const outcome = await coordinator.execute(world.naming('C-1', 'Ada', {}, ['ERP']))
  expect(outcome).toMatchObject({ transaction: { state: 'COMMITTED', legs: [{ system: 'ERP' }] } })
  expect(await world.names('C-1')).toEqual([null, 'Ada'])
  expect([erp.count('prepare').requests, erp.count('commit').requests]).toEqual([1, 0])
  expect(crm.count('prepare').requests).toBe(0)
})

test('nothing to write makes no transaction', async () => {
  await using world = await openTwoSystems()
  const { coordinator, crm } = world.gateway()
  expect(await coordinator.execute(world.naming('C-1', 'Ada', { plan: async () => null }))).toEqual({
    outcome: 'UNCHANGED',
  })
  expect(crm.count('prepare').requests).toBe(0)
})

test('64 writers of one hot record at once all succeed, one after the other', async () => {
  await using world = await openTwoSystems()
  const { coordinator } = world.gateway()
  const writers = Array.from({ length: 64 }, (_, index) => `N-${index}`)
  const outcomes = await Promise.all(writers.map((name) => coordinator.execute(world.naming('C-1', name))))
  expect(new Set(outcomes.map((outcome) => 'transaction' in outcome && outcome.transaction.state))).toEqual(
    new Set(['COMMITTED']),
  )
  expect(await world.revisions('C-1')).toEqual([64, 64])
  expect(await world.names('C-1')).toEqual(['N-63', 'N-63'])
})

test('64 writers of as many records travel in a few calls', async () => {
  await using world = await openTwoSystems()
  const { coordinator, crm, erp } = world.gateway()
  const writers = Array.from({ length: 64 }, (_, index) => `C-${index}`)
  await Promise.all(writers.map((number) => coordinator.execute(world.naming(number, 'Ada'))))
  for (const system of [crm, erp]) {
    expect(system.count('prepare')).toMatchObject({ requests: 64 })
    expect(system.count('prepare').vectors).toBeLessThanOrEqual(16)
    expect(system.count('commit').vectors).toBeLessThanOrEqual(16)
  }
})

test('a success logs nothing above debug', async () => {
  await using world = await openTwoSystems()
  const log = createKeptLog()
  const { coordinator } = world.gateway({ log })
  await coordinator.execute(world.naming('C-1', 'Ada'))
  expect(log.lines).toEqual([])
})

test('one request too many is refused, and may come again', async () => {
  await using world = await openTwoSystems()
  const { coordinator, erp } = world.gateway({ settings: { inFlightMax: 1 } })
  erp.once('prepare', 'HOLD')
  const first = coordinator.execute(world.naming('C-1', 'Ada'))
  expect(await coordinator.execute(world.naming('C-2', 'Bob'))).toMatchObject({
    outcome: 'NOT_STARTED',
    violations: [{ code: 'OVERLOADED', retryable: true }],
  })
  await until(() => erp.count('prepare').requests === 1)
  erp.release()
  await first
  expect(await coordinator.execute(world.naming('C-2', 'Bob'))).toMatchObject({ transaction: { state: 'COMMITTED' } })
})

test('a request that waits for its turn past its deadline is refused LOCKED, and nothing was begun', async () => {
  await using world = await openTwoSystems()
  const { coordinator, erp } = world.gateway()
  erp.once('prepare', 'HOLD')
  const first = coordinator.execute(world.naming('C-1', 'Ada'))
  const second = coordinator.execute(world.naming('C-1', 'Bob', { timeoutMs: 100 }))
  await until(() => erp.count('prepare').requests === 1)
  world.clock.advance(100)
  expect(await second).toMatchObject({ outcome: 'NOT_STARTED', violations: [{ code: 'LOCKED', retryable: true }] })
  erp.release()
  expect(await first).toMatchObject({ transaction: { state: 'COMMITTED' } })
})

test('draining takes no new request and waits for what is in flight', async () => {
  await using world = await openTwoSystems()
  const { coordinator, erp } = world.gateway()
  erp.once('prepare', 'HOLD')
  const inFlight = coordinator.execute(world.naming('C-1', 'Ada'))
  await until(() => erp.count('prepare').requests === 1)
  let drained = false
  const draining = coordinator.drain(5_000).then(() => {
    drained = true
  })
  expect(await coordinator.execute(world.naming('C-2', 'Bob'))).toMatchObject({ outcome: 'NOT_STARTED' })
  expect(drained).toBe(false)
  erp.release()
  expect(await inFlight).toMatchObject({ transaction: { state: 'COMMITTED' } })
  await draining
  expect(world.clock.armed()).toBe(0)
})

test('draining gives up after its time', async () => {
  await using world = await openTwoSystems()
  const { coordinator, erp } = world.gateway()
  erp.set('prepare', 'HANG')
  coordinator.execute(world.naming('C-1', 'Ada'))
  await until(() => erp.count('prepare').requests === 1)
  const draining = coordinator.drain(5_000)
  world.clock.advance(5_000)
  await draining
})
