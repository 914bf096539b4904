import { describe, expect, test } from 'vitest'
import { createManualClock } from '../../test/coordinator/manual-clock.ts'
import { startDeadline } from './deadline.ts'
import { createHotQueue, type Leave } from './queue.ts'

const setUp = () => {
  const clock = createManualClock(1_000)
  const queue = createHotQueue()
  const log: string[] = []
  const enter = async (name: string, records: readonly string[], withinMs = 10_000): Promise<Leave | null> => {
    const leave = await queue.enter(records, startDeadline(clock, clock.now() + withinMs))
    log.push(leave === null ? `${name} gave up` : name)
    return leave
  }
  /** Lets everything run that waits for nothing but its turn. */
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  return { clock, enter, settle, log }
}

describe('the queue of hot records', () => {
  test('lets writers of one record in one after the other, in the order of their arrival', async () => {
    const { enter, settle, log } = setUp()
    const first = await enter('first', ['Customer/1'])
    const second = enter('second', ['Customer/1'])
    const third = enter('third', ['Customer/1'])
    await settle()
    expect(log).toEqual(['first'])
    first?.()
    ;(await second)?.()
    ;(await third)?.()
    expect(log).toEqual(['first', 'second', 'third'])
  })

  test('lets writers of different records in at once', async () => {
    const { enter, log } = setUp()
    await enter('one', ['Customer/1'])
    await enter('other', ['Customer/2'])
    expect(log).toEqual(['one', 'other'])
  })

  test('is entered in key order, so writers of the same records in another order do not block each other for ever', async () => {
    const { enter, settle, log } = setUp()
    const first = await enter('first', ['b', 'a'])
    const second = enter('second', ['a', 'b', 'a'])
    await settle()
    expect(log).toEqual(['first'])
    first?.()
    expect(await second).not.toBeNull()
  })

  test('gives up at the deadline, and what was held already is free again', async () => {
    const { clock, enter, settle, log } = setUp()
    const holder = await enter('holder', ['b'])
    const late = enter('late', ['a', 'b'], 50)
    await settle()
    clock.advance(50)
    expect(await late).toBeNull()
    await enter('next', ['a'])
    holder?.()
    await enter('last', ['b'])
    expect(log).toEqual(['holder', 'late gave up', 'next', 'last'])
  })

  test('leaving twice lets only one in', async () => {
    const { enter, settle, log } = setUp()
    const first = await enter('first', ['a'])
    enter('second', ['a'])
    enter('third', ['a'])
    first?.()
    first?.()
    await settle()
    expect(log).toEqual(['first', 'second'])
  })
})
