import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromAddress, fromBody } from './parameters.ts'

const QUERY = '{ hello }'

describe('a GraphQL request', () => {
  it('needs no more than a query', () => {
    const request = { query: QUERY, operationName: null, variables: {}, extensions: {} }
    expect(fromBody({ query: QUERY })).toEqual({ valid: true, request })
    expect(fromBody({ query: QUERY, operationName: null, variables: null, extensions: null })).toEqual({
      valid: true,
      request,
    })
    expect(fromAddress({ query: QUERY, variables: '', extensions: 'null' })).toEqual({ valid: true, request })
  })

  it('is the same from a body and from an address', () => {
    const request = { query: QUERY, operationName: 'a', variables: { n: [1, { x: null }] }, extensions: { e: 1 } }
    const address = { ...request, variables: '{"n":[1,{"x":null}]}', extensions: '{"e":1}' }
    expect(fromBody(request)).toEqual({ valid: true, request })
    expect(fromAddress(address)).toEqual({ valid: true, request })
  })

  it.each([
    ['no object', null, 'The request must be a JSON object'],
    ['a list', [], 'The request must be a JSON object'],
    ['no query', {}, '`query` must be the text of a GraphQL document'],
    ['an empty query', { query: '' }, '`query` must be the text of a GraphQL document'],
    ['a name that is no text', { query: QUERY, operationName: 1 }, '`operationName` must be a string'],
    ['variables in a list', { query: QUERY, variables: [] }, '`variables` must be an object'],
    [
      'several faults',
      { query: 1, extensions: 'x' },
      '`query` must be the text of a GraphQL document; `extensions` must be an object',
    ],
  ])('is refused for %s, and the field is named', (_case, body, message) => {
    expect(fromBody(body)).toEqual({ valid: false, message })
  })

  it('is refused for parts of an address that are no JSON', () => {
    expect(fromAddress({ query: QUERY, variables: '{' })).toMatchObject({ valid: false })
  })

  it('is either read or refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(fromBody(anything).valid).toBeTypeOf('boolean')
        expect(fromAddress(anything).valid).toBeTypeOf('boolean')
      }),
    )
  })
})
