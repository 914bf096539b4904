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
    ['{ a(b: "{{{ }', 2],
  ])('%s', (text, nesting) => {
    expect(nestingOfText(text)).toBe(nesting)
  })

  it('is that of the value for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(nestingOfText(JSON.stringify(value))).toBe(nestingOf(value))
      }),
    )
  })

  it.each(['"', '"""', '"""\\', '#', '{"a":', '"\\'])(
    'takes no longer for each character of %s over and over',
    (part) => {
      const begun = performance.now()
      nestingOfText(part.repeat(2_000_000 / part.length))
      expect(performance.now() - begun).toBeLessThan(1_000)
    },
  )
})

describe('nestingOf', () => {
  it.each([
    [null, 0],
    ['{{{', 0],
    [{}, 1],
    [{ a: [{ b: 1 }], c: {} }, 3],
  ])('%j', (value, nesting) => {
    expect(nestingOf(value)).toBe(nesting)
  })

  it('stops counting what is far too deep', () => {
    let value: unknown = 1
    for (let level = 0; level < 100_000; level += 1) value = [value]
    expect(nestingOf(value)).toBeLessThan(1_000)
  })
})
