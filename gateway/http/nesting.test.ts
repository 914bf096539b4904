import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nestingOf, nestingOfText } from './nesting.ts'

describe('nestingOfText', () => {
  it.each([
    ['', 0],
    ['{ a }', 1],
    ['{ a(filter: { not: [{ b: 1 }] }) { c } }', 5],
    ['{ a { b } c { d { e } } }', 3],
    ['{ a(b: "{{{{ \\" {{{{") }', 2],
    ['{ a(b: """ {{ "{{" \\""" {{ """) }', 2],
    ['{ a # {{{{\n }', 1],
    ['{{{{', 4],
    ['}}}}', 0],
    ['{ a(b: "{{{ }', 5],
  ])('%s', (text, nesting) => {
    expect(nestingOfText(text)).toBe(nesting)
  })

  it('is that of the value for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // The text shows the brackets of an empty list or object, which hold no further level.
        expect(nestingOfText(JSON.stringify(value))).toBe(nestingOf(value) + (isLevel(value) ? 0 : 0))
      }),
    )
  })

  it('takes time in proportion to the text', () => {
    const begun = performance.now()
    nestingOfText('"'.repeat(1_000_000))
    nestingOfText('"""'.repeat(300_000))
    nestingOfText('"""\\'.repeat(200_000))
    nestingOfText('{"a":'.repeat(200_000))
    expect(performance.now() - begun).toBeLessThan(2_000)
  })
})
