import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { CompiledDocuments } from './compiled-documents.ts'

const schema = buildSchema('type Query { hello(name: String): String, who: String }')

describe('compiled documents', () => {
  it('are compiled once', () => {
    const documents = new CompiledDocuments(schema)
    const query = 'query Q($name: String) { hello(name: $name) }'
    expect(documents.compile(query)).toHaveProperty('document.kind', 'Document')
    expect(documents.compile(query)).toBe(documents.compile(query))
    expect(documents.texts).toEqual([query])
  })

  it.each([
    ['{ nothing }', 'Cannot query field "nothing"'],
    ['{ hello', 'Syntax Error'],
  ])('are kept with their errors, too: %s', (query, message) => {
    const documents = new CompiledDocuments(schema)
    expect(documents.compile(query)).toMatchObject({ errors: [{ message: expect.stringContaining(message) }] })
    expect(documents.compile(query)).toBe(documents.compile(query))
    expect(documents.texts).toEqual([query])
  })

  it('make room where they are too many: the one not used for longest goes', () => {
    const documents = new CompiledDocuments(schema, 2)
    const [a, b, c] = ['{ a: who }', '{ b: who }', '{ c: who }'] as const
    for (const query of [a, b, a, c]) documents.compile(query)
    expect(documents.texts).toEqual([a, c])
  })
})
