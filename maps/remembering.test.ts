import { describe, expect, it } from 'vitest'
import { remembering } from './remembering.ts'

describe('a function that remembers', () => {
  function counting(most: number) {
    const asked: string[] = []
    const upper = remembering(most, (text) => {
      asked.push(text)
      return text.toUpperCase()
    })
    return { asked, upper }
  }

  it('answers as the function does, and asks it once for each text', () => {
    const { asked, upper } = counting(10)
    expect(['a', 'b', 'a', 'b'].map(upper)).toEqual(['A', 'B', 'A', 'B'])
    expect(asked).toEqual(['a', 'b'])
  })

  it('holds no more than it may, and still answers right', () => {
    const { asked, upper } = counting(2)
    expect(['a', 'b', 'c', 'a', 'c'].map(upper)).toEqual(['A', 'B', 'C', 'A', 'C'])
    expect(asked).toEqual(['a', 'b', 'c', 'a'])
  })

  it('remembers an answer that is nothing', () => {
    let asked = 0
    const none = remembering(2, () => {
      asked += 1
      return undefined
    })
    expect([none('a'), none('a')]).toEqual([undefined, undefined])
    expect(asked).toBe(1)
  })
})
