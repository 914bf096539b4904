import { describe, expect, it } from 'vitest'
import { kindOf } from './operation-kind.ts'

describe('kindOf', () => {
  it.each([
    ['{ a }', null, 'query'],
    ['mutation { a }', null, 'mutation'],
    ['subscription { a }', null, 'subscription'],
    ['query a { a } mutation b { b }', 'b', 'mutation'],
    ['fragment f on A { a } subscription s { ...f }', null, 'subscription'],
    ['query a { a } mutation b { b }', null, null],
    ['query a { a }', 'b', null],
    ['{ a', null, null],
    ['fragment f on A { a }', null, null],
  ])('of %s, by the name %s, is %s', (query, operationName, kind) => {
    expect(kindOf({ query, operationName }, 20)).toBe(kind)
  })

  it('is not looked for in a document that is too long', () => {
    expect(kindOf({ query: '{ a b c }', operationName: null }, 4)).toBeNull()
  })
})
