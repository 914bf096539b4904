import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jsonSchemas } from './definition.ts'

describe('the published JSON Schemas', () => {
  it.each(Object.entries(jsonSchemas()))('%s is current', (file, schema) => {
    expect(JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))).toEqual(schema)
  })

  it('describe every property and allow no other', () => {
    const bare: string[] = []
    const visit = (schema: object, path: string): void => {
      const { properties, ...rest }: { properties?: Record<string, object>; [key: string]: unknown } = { ...schema }
      if (properties !== undefined && rest['additionalProperties'] !== false) bare.push(path)
      for (const [name, property] of Object.entries(properties ?? {})) {
        if (!('description' in property)) bare.push(`${path}.${name}`)
        visit(property, `${path}.${name}`)
      }
      const values = rest['additionalProperties']
      if (values instanceof Object) visit(values, `${path}.*`)
    }
    for (const [file, schema] of Object.entries(jsonSchemas())) visit(schema, file)
    expect(bare).toEqual([])
  })
})
