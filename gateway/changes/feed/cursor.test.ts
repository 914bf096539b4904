import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { positionOf } from '../stream/position.ts'
import { cursorAt, cursorOf, digestOf, type Place, placeIn } from './cursor.ts'

describe('A cursor', () => {
  const place: fc.Arbitrary<Place> = fc.record({
    position: fc.record({ stream: fc.stringMatching(/^[0-9a-f]{16}$/), number: fc.nat() }).map(({ stream, number }) => {
      return positionOf(stream, number)
    }),
    snapshot: fc.option(
      fc.record({ filter: fc.string(), entity: fc.string({ unit: 'grapheme' }), after: fc.option(fc.string()) }),
    ),
  })

  test('gives back the place that it was made of, and is made alike in every process', () => {
    fc.assert(
      fc.property(place, (place) => {
        expect(placeIn(cursorOf(place))).toEqual(place)
        expect(cursorOf(structuredClone(place))).toBe(cursorOf(place))
      }),
    )
  })

  test('is text that goes into a URL or a header as it is', () => {
    fc.assert(
      fc.property(place, (place) => {
        expect(cursorOf(place)).toMatch(/^[\w-]+$/)
      }),
    )
  })

  test('that was cut, lengthened or changed is none', () => {
    fc.assert(
      fc.property(place, fc.nat(), fc.constantFrom('', 'A', '_', ' ', '=', '\n', 'ß'), (place, at, put) => {
        const cursor = cursorOf(place)
        const [head, tail] = [cursor.slice(0, at % cursor.length), cursor.slice((at % cursor.length) + 1)]
        const changed = `${head}${put}${tail}`
        if (changed !== cursor) expect(placeIn(changed)).toBeNull()
        for (const other of [`${cursor}${put || 'B'}`, cursor.slice(0, -1), head]) expect(placeIn(other)).toBeNull()
      }),
      { numRuns: 1_000 },
    )
  })

  test('is not found in any other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(placeIn(text)).toBeNull()
      }),
    )
  })

  it('is not found where the parts are of another kind', () => {
    const sealed = (content: unknown) => cursorOf({ position: content as never, snapshot: null })
    for (const content of [1, null, {}, ['a']]) expect(placeIn(sealed(content))).toBeNull()
    const position = positionOf('s', 1)
    const snapshot = { filter: 'f', entity: 'Customer', after: 7 as never }
    expect(placeIn(cursorOf({ position, snapshot }))).toBeNull()
  })

  it('is short while there is no snapshot', () => {
    expect(cursorAt(positionOf('0123456789abcdef', 1_000_000_000)).length).toBeLessThan(64)
  })

  it('tells one filter of a snapshot from another', () => {
    expect(digestOf({ key: 'a' })).not.toBe(digestOf({ key: 'b' }))
    expect(digestOf({ key: 'a' })).toHaveLength(16)
  })
})
