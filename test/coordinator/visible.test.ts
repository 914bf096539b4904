import { describe, expect, test } from 'vitest'
import { Silence } from '../../gateway/coordinator/silence.ts'
import type { TransactionId } from '../../schema/record.ts'
import { openTwoSystems, type TwoSystems } from './two-systems.ts'

const RECENT = { by: 'RECENT', states: null, origins: null, subject: null, after: null, limit: 10 } as const

describe('a rehearsal', () => {
  const traces = async (world: TwoSystems) => [
    ...(await world.stores.CRM.look(RECENT)),
    ...(await world.stores.ERP.look(RECENT)),
  ]

  test('shows the legs that would be written, and leaves no trace', async () => {
    await using world = await openTwoSystems()
    const { coordinator } = world.gateway()
    const outcome = await coordinator.rehearse(world.naming('C-1', 'Ada'))
    expect(outcome).toMatchObject({
      outcome: 'DECIDED',
      violations: [],
      transaction: {
        state: 'REVERTED',
        legs: [
          { system: 'CRM', writes: [{ operation: 'CREATE', before: null, after: { name: 'Ada' } }] },
          { system: 'ERP', writes: [{ operation: 'CREATE', before: null, after: { name: 'Ada' } }] },
        ],
      },
    })
    expect(await traces(world)).toEqual([])
    expect(await world.names('C-1')).toEqual([null, null])
  })

  test('of a change shows whole records, before and after', async () => {
    await using world = await openTwoSystems()
    const { coordinator } = world.gateway()
    await coordinator.execute(world.naming('C-1', 'Ada'))
    expect(await coordinator.rehearse(world.naming('C-1', 'Bob'))).toMatchObject({
      transaction: {
        legs: [{ writes: [{ before: { number: 'C-1', name: 'Ada' }, after: { number: 'C-1', name: 'Bob' } }] }, {}],
      },
    })
  })

  test('tells what both systems would refuse', async () => {
    await using world = await openTwoSystems()
    const { coordinator } = world.gateway()
    expect(await coordinator.rehearse(world.naming('C-1', 'Too long for either'))).toMatchObject({
      outcome: 'DECIDED',
      transaction: { state: 'REVERTED' },
      violations: [{ system: 'CRM' }, { system: 'ERP' }],
    })
    expect(await traces(world)).toEqual([])
  })

  test('needs the answers of all systems', async () => {
    await using world = await openTwoSystems()
    const { coordinator, erp } = world.gateway()
    erp.leave()
    expect(await coordinator.rehearse(world.naming('C-1', 'Ada'))).toMatchObject({
      outcome: 'NOT_STARTED',
      violations: [{ code: 'SYSTEM_UNAVAILABLE', system: 'ERP' }],
    })
  })
})

describe('transactions', () => {
  const write = async (world: TwoSystems, name: string, systems: readonly ('CRM' | 'ERP')[] = ['CRM', 'ERP']) => {
    const outcome = await world.gateway().coordinator.execute(world.naming(`C-${name}`, name, {}, systems))
    world.clock.advance(1)
    return 'transaction' in outcome ? outcome.transaction.id : null
  }

  test('are listed newest first, one view of both systems’ rows each, page by page', async () => {
    await using world = await openTwoSystems()
    const ids = [await write(world, 'one'), await write(world, 'two', ['ERP']), await write(world, 'Nine char')]
    const { coordinator } = world.gateway()
    const all = await coordinator.transactions(RECENT)
    expect(all.map((view) => view.id)).toEqual(ids.toReversed())
    expect(all.map((view) => [view.state, view.legs.length])).toEqual([
      ['REVERTED', 2],
      ['COMMITTED', 1],
      ['COMMITTED', 2],
    ])
    const [first] = await coordinator.transactions({ ...RECENT, limit: 1 })
    if (first === undefined) throw new Error('nothing listed')
    const rest = await coordinator.transactions({ ...RECENT, after: { startedAt: first.startedAt, id: first.id } })
    expect(rest.map((view) => view.id)).toEqual(ids.slice(0, 2).toReversed())
  })

  test('show both legs though only one system’s row matches the filter', async () => {
    await using world = await openTwoSystems()
    await write(world, 'Nine char')
    const { coordinator } = world.gateway()
    const [view] = await coordinator.transactions({ ...RECENT, states: ['ABORTED'] })
    expect(view).toMatchObject({
      state: 'REVERTED',
      legs: [
        { system: 'CRM', state: 'ABORTED' },
        { system: 'ERP', state: 'ABORTED' },
      ],
    })
  })

  test('are looked up by id, with whole records in their writes', async () => {
    await using world = await openTwoSystems()
    const id = await write(world, 'one')
    if (id === null) throw new Error('not written')
    expect(await world.gateway().coordinator.transaction(id)).toMatchObject({
      id,
      state: 'COMMITTED',
      legs: [{ writes: [{ before: null, after: { number: 'C-one', name: 'one' } }] }, {}],
    })
  })

  test('that nobody holds are null, unless a silent system may hold them', async () => {
    await using world = await openTwoSystems()
    const { coordinator, erp } = world.gateway()
    expect(await coordinator.transaction('nobody’s' as TransactionId)).toBeNull()
    erp.leave()
    await expect(coordinator.transaction('nobody’s' as TransactionId)).rejects.toThrow(Silence)
  })

  test('are shown as far as they are known while a system is silent', async () => {
    await using world = await openTwoSystems()
    const id = await write(world, 'one')
    const { coordinator, erp } = world.gateway()
    erp.leave()
    expect(await coordinator.transactions(RECENT)).toMatchObject([
      { id, state: 'COMMITTING', legs: [{ state: 'COMMITTED' }, { state: 'UNKNOWN' }] },
    ])
  })
})
