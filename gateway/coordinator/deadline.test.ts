import { describe, expect, test } from 'vitest'
import { createManualClock } from '../../test/coordinator/manual-clock.ts'
import { startDeadline } from './deadline.ts'

const never = new Promise<string>(() => {})

describe('a deadline', () => {
  test('a race gives the value that comes in time, and null for one that does not', async () => {
    const clock = createManualClock(0)
    const deadline = startDeadline(clock, 100)
    const late = deadline.race(never)
    expect(await deadline.race(Promise.resolve('in time'))).toBe('in time')
    clock.advance(100)
    expect(await late).toBeNull()
    expect(deadline.passed()).toBe(true)
  })

  test('a failure that comes in time is a failure', async () => {
    const deadline = startDeadline(createManualClock(0), 100)
    await expect(deadline.race(Promise.reject(new Error('away')))).rejects.toThrow('away')
  })

  test('runs once what was to run when it passes, and at once what comes later', () => {
    const clock = createManualClock(0)
    const deadline = startDeadline(clock, 100)
    const ran: string[] = []
    deadline.onPassed(() => ran.push('before'))
    deadline.onPassed(() => ran.push('taken back'))()
    clock.advance(99)
    expect(ran).toEqual([])
    clock.advance(1)
    deadline.onPassed(() => ran.push('after'))
    clock.advance(100)
    expect(ran).toEqual(['before', 'after'])
  })

  test.each([
    ['its end', 30, 30],
    ['the deadline', 500, 100],
  ])('a pause ends with %s and leaves no timer', async (_name, pauseMs, endsAfterMs) => {
    const clock = createManualClock(0)
    const deadline = startDeadline(clock, 100)
    let over = false
    const pause = deadline.pause(pauseMs).then(() => {
      over = true
    })
    clock.advance(endsAfterMs - 1)
    await Promise.resolve()
    expect(over).toBe(false)
    clock.advance(1)
    await pause
    deadline.cancel()
    expect(clock.armed()).toBe(0)
  })

  test('one that is taken back never passes', () => {
    const clock = createManualClock(0)
    const deadline = startDeadline(clock, 100)
    deadline.cancel()
    clock.advance(1_000)
    expect(deadline.passed()).toBe(false)
  })
})
