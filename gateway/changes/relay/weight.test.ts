import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { weightOf } from './weight.ts'

describe('what a value weighs', () => {
  it('is never far below its length as JSON', () => {
    const plain = fc.jsonValue({ noUnicodeString: true, maxDepth: 4 })
    fc.assert(
      fc.property(plain, (value) => {
        expect(weightOf(value) * 4 + 64).toBeGreaterThanOrEqual(JSON.stringify(value).length)
      }),
    )
  })

  it('grows with its texts by their length', () => {
    const short = weightOf([{ memo: 'a' }])
    expect(weightOf([{ memo: 'a'.repeat(56_001) }])).toBe(short + 56_000)
  })
})
