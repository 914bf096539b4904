import { describe, expect, it } from 'vitest'
import { alive, granted, isGranted, isHeld, isSilent, sight, UNTOUCHED } from './lease.ts'

const first = granted(UNTOUCHED, { holder: 'first', instead: null })
const asks = (holder: string, instead = first) => ({ holder, instead })

describe('A lease', () => {
  it('is granted while it is free, to its holder, and in place of exactly what the asker saw', () => {
    expect(isGranted(UNTOUCHED, { holder: 'second', instead: null })).toBe(true)
    expect(isGranted(first, { holder: 'first', instead: null })).toBe(true)
    expect(isGranted(first, asks('second'))).toBe(true)
    expect(isGranted(first, { holder: 'second', instead: null })).toBe(false)
    expect(isGranted(alive(first), asks('second'))).toBe(false)
    expect(isGranted(granted(first, asks('third')), asks('second'))).toBe(false)
  })

  it('is held under the newest epoch alone, and under none when it is free', () => {
    expect(isHeld(first, first)).toBe(true)
    expect(isHeld(alive(first), first)).toBe(true)
    expect(isHeld(granted(first, asks('second')), first)).toBe(false)
    expect(isHeld({ ...first, holder: null }, first)).toBe(false)
    expect(isHeld(UNTOUCHED, UNTOUCHED)).toBe(false)
  })
})

describe('A watcher', () => {
  it('counts the silence since the last sign of life, by its own clock alone', () => {
    const seen = sight(null, first, 1_000)
    expect(isSilent(seen, 1_999, 1_000)).toBe(false)
    expect(isSilent(sight(seen, first, 1_500), 2_000, 1_000)).toBe(true)
    expect(isSilent(sight(seen, alive(first), 1_500), 2_000, 1_000)).toBe(false)
    expect(isSilent(sight(seen, granted(first, asks('second')), 1_500), 2_000, 1_000)).toBe(false)
  })
})
