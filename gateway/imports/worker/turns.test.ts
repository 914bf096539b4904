import { describe, expect, it } from 'vitest'
import { createTurns } from './turns.ts'

function asked(atOnceMax: number) {
  const turns = createTurns(atOnceMax)
  const called: string[] = []
  return { called, ask: (name: string) => turns.ask(() => called.push(name)) }
}

describe('turns', () => {
  it('are as many at once as may be, and come in the order of asking', () => {
    const { called, ask } = asked(2)
    const [first, second, third, fourth] = [ask('1'), ask('2'), ask('3'), ask('4')]
    expect([first, second, third, fourth].map((turn) => turn.isMine())).toEqual([true, true, false, false])
    second.leave()
    first.leave()
    expect(called).toEqual(['3', '4'])
    expect([first, second, third, fourth].map((turn) => turn.isMine())).toEqual([false, false, true, true])
  })

  it('pass over whoever no longer asks, and are given back once', () => {
    const { called, ask } = asked(1)
    const [first, second] = [ask('1'), ask('2')]
    ask('3')
    second.leave()
    first.leave()
    first.leave()
    expect(called).toEqual(['3'])
    expect(ask('4').isMine()).toBe(false)
  })
})
