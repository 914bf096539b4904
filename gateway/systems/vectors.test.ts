import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchesOf } from './vectors.ts'

const vectors = fc.array(fc.string({ maxLength: 20 }))
const limits = fc.integer({ min: 1, max: 40 })

describe('batches of a vector', () => {
  it('are the vector again, each where it says that it begins', () => {
    fc.assert(
      fc.property(vectors, limits, (elements, charactersMax) => {
        const batches = batchesOf(elements, charactersMax)
        expect(batches.flatMap((batch) => batch.elements)).toEqual(elements)
        for (const batch of batches) expect(elements[batch.from]).toBe(batch.elements[0])
      }),
    )
  })

  it('are within the limit, but for an element that is longer by itself', () => {
    fc.assert(
      fc.property(vectors, limits, (elements, charactersMax) => {
        for (const batch of batchesOf(elements, charactersMax)) {
          if (batch.elements.length > 1) expect(batch.elements.join('').length).toBeLessThanOrEqual(charactersMax)
        }
      }),
    )
  })

  it('are as few as can be', () => {
    expect(batchesOf(['aa', 'bb', 'cc'], 4)).toEqual([
      { from: 0, elements: ['aa', 'bb'] },
      { from: 2, elements: ['cc'] },
    ])
    expect(batchesOf([], 4)).toEqual([])
  })
})
