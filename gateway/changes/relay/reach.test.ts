import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Reach, Span } from '../stream/stream.ts'
import { isDealtWith, withSpans } from './reach.ts'

const NOTHING: Reach = { through: 0, ahead: [] }
const SEQUENCES = Array.from({ length: 40 }, (_, index) => index)

const span = fc
  .tuple(fc.integer({ min: 1, max: 30 }), fc.nat({ max: 4 }))
  .map(([first, more]): Span => [first, first + more])

describe('How far a system has been dealt with', () => {
  it('is what was dealt with before and the spans, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(fc.array(span, { maxLength: 4 }), { maxLength: 6 }), (steps) => {
        const dealt = new Set([0])
        let reach = NOTHING
        for (const spans of steps) {
          reach = withSpans(reach, spans)
          for (const [first, last] of spans) for (let one = first; one <= last; one += 1) dealt.add(one)
          expect(SEQUENCES.filter((one) => isDealtWith(reach, one))).toEqual(SEQUENCES.filter((one) => dealt.has(one)))
        }
        expect(reach).toEqual(withSpans(NOTHING, steps.flat()))
      }),
    )
  })

  it('has one form: as much as possible is in `through`, and spans are apart', () => {
    expect(
      withSpans(NOTHING, [
        [2, 3],
        [5, 5],
        [6, 9],
      ]),
    ).toEqual({
      through: 0,
      ahead: [
        [2, 3],
        [5, 9],
      ],
    })
    expect(
      withSpans(
        {
          through: 0,
          ahead: [
            [2, 3],
            [5, 9],
          ],
        },
        [[1, 1]],
      ),
    ).toEqual({ through: 3, ahead: [[5, 9]] })
    expect(withSpans({ through: 3, ahead: [[5, 9]] }, [[4, 4]])).toEqual({ through: 9, ahead: [] })
    expect(withSpans({ through: 9, ahead: [] }, [])).toEqual({ through: 9, ahead: [] })
  })
})
