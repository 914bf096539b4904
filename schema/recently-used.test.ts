import { describe, expect, it } from 'vitest'
import { RecentlyUsed } from './recently-used.ts'

describe('a map of what was used recently', () => {
  const filled = (max: number) => {
    const map = new RecentlyUsed<string, number>(max)
    map.set('a', 1)
    map.set('b', 2)
    return map
  }

  it('gives what it was given', () => {
    const map = filled(2)
    expect(map.get('a')).toBe(1)
    expect(map.get('z')).toBeUndefined()
    map.delete('a')
    expect(map.get('a')).toBeUndefined()
    expect(map.size).toBe(1)
  })

  it.each([
    ['asked for', (map: RecentlyUsed<string, number>) => map.get('a')],
    ['set', (map: RecentlyUsed<string, number>) => map.set('a', 3)],
  ])('drops what was not used for longest: not what was %s since', (_, use) => {
    const map = filled(2)
    use(map)
    map.set('c', 4)
    expect(map.keys).toEqual(['a', 'c'])
  })
})
