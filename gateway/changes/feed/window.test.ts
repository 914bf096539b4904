import { beforeEach, describe, expect, it } from 'vitest'
import type { FeedMessage } from './feed.ts'
import { Window } from './window.ts'

describe('A window', () => {
  const message = (cursor: string): FeedMessage => ({ message: 'Heartbeat', cursor })
  let window: Window
  beforeEach(() => {
    window = new Window({ windowMessagesMax: 3, windowBytesMax: 100 })
  })

  it('gives what it took, in order', () => {
    const messages = ['a', 'b', 'c'].map(message)
    for (const each of messages) expect(window.offer(each, 10)).toBe(true)
    expect([window.messages, window.bytes]).toEqual([3, 30])
    expect([window.take(), window.take(), window.take(), window.take()]).toEqual([...messages, null])
    expect([window.messages, window.bytes]).toEqual([0, 0])
  })

  it('refuses one message too many', () => {
    for (const each of ['a', 'b', 'c']) window.offer(message(each), 1)
    expect(window.offer(message('d'), 1)).toBe(false)
    window.take()
    expect(window.offer(message('d'), 1)).toBe(true)
  })

  it('refuses a byte too many', () => {
    window.offer(message('a'), 60)
    expect(window.offer(message('b'), 41)).toBe(false)
    expect(window.offer(message('b'), 40)).toBe(true)
  })

  it('takes a message that is larger than it, alone', () => {
    expect(window.offer(message('large'), 1_000)).toBe(true)
    expect(window.offer(message('small'), 0)).toBe(false)
  })

  it('forgets everything when it is closed, and what comes later', () => {
    window.put(message('a'), 60)
    window.close()
    window.put(message('b'), 60)
    expect([window.messages, window.bytes, window.take()]).toEqual([0, 0, null])
  })
})
