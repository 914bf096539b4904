import { buildSchema, parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { readSubscription } from './selection.ts'

const schema = buildSchema(`
  type Query { one: One }
  type One { id(form: String): ID, other(in: String): One }
  type Subscription { ones(after: String, ids: [ID!]): One, others(after: String): One }
`)

const read = (text: string, name: string | null = null) => readSubscription(schema, parse(text), name)
const textOf = (text: string) => print(parse(text))

describe('what the results of a subscription depend on', () => {
  it('is the same wherever it begins and whatever it chooses', () => {
    const plain = textOf('subscription { ones { id } }')
    expect(read('subscription { ones(after: "c1") { id } }').selection.text).toBe(plain)
    const { text, variables } = read(
      'subscription ($c: String, $i: [ID!]) { ones(after: $c, ids: $i) { id } }',
    ).selection
    expect([text, variables]).toEqual([plain, []])
  })

  it('holds the variables that are used below', () => {
    const { selection } = read(
      'subscription ($c: String, $f: String, $w: Boolean!) { ones(after: $c) { id(form: $f) @include(if: $w) } }',
    )
    expect(selection.text).toBe(
      textOf('subscription ($f: String, $w: Boolean!) { ones { id(form: $f) @include(if: $w) } }'),
    )
    expect(selection.variables).toEqual(['f', 'w'])
  })

  it('holds one operation of several, with the fragments that it uses', () => {
    const text = `
      subscription A { a: ones(after: "c1") { ...f } }
      subscription B { others { id } }
      query C { one { ...g } }
      fragment f on One { other(in: "x") { id } }
      fragment g on One { id }`
    const { selection, root } = read(text, 'A')
    expect(parse(selection.text).definitions).toHaveLength(2)
    expect(selection.text).toContain('a: ones {')
    expect(selection.text).toContain('other(in: "x")')
    expect(root.name.value).toBe('ones')
  })

  it('finds the root field in fragments, and gives it as it was written', () => {
    const { selection, root } = read(
      'subscription { ... { ...f } } fragment f on Subscription { ones(after: "c1") { id } }',
    )
    expect(selection.text).not.toContain('c1')
    expect(print(root)).toContain('ones(after: "c1")')
  })
})
