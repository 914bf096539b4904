import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeId, encodeId, foldValue } from './identity.ts'

const text = fc.string({ unit: 'binary' })

describe('an entity id', () => {
  it('tells the entity and the key it was made of', () => {
    fc.assert(
      fc.property(text, fc.array(text, { minLength: 1 }), (entity, key) => {
        expect(decodeId(encodeId(entity, key))).toEqual({ entity, key })
      }),
    )
  })

  it('needs no escaping in a URL', () => {
    fc.assert(fc.property(text, text, (entity, key) => /^[\w-]+$/.test(encodeId(entity, [key]))))
  })

  it('is nothing else than what was made', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (id) => {
        const decoded = decodeId(id)
        return decoded === null || encodeId(decoded.entity, decoded.key) === id
      }),
    )
  })

  const id = encodeId('Customer', ['usmf', 'C-1'])
  const encoded = (json: string) => Buffer.from(json).toString('base64url')
  it.each([
    ['nothing', ''],
    ['no base64url', 'a b'],
    ['padding', `${id}=`],
    ['something behind it', `${id}A`],
    ['space in its JSON', encoded('["Customer", "C-1"]')],
    ['no array', encoded('{"entity":"Customer"}')],
    ['no key', encoded('["Customer"]')],
    ['a number', encoded('["Customer",1]')],
  ])('is refused with %s', (_, wrong) => {
    expect(decodeId(wrong)).toBe(null)
  })
})

describe('folding', () => {
  it('twice is folding once', () => {
    fc.assert(
      fc.property(fc.constantFrom('UPPER', 'LOWER', null), text, (fold, value) => {
        expect(foldValue(fold, foldValue(fold, value))).toBe(foldValue(fold, value))
      }),
    )
  })

  it('takes away space and case', () => {
    expect(foldValue('UPPER', ' c-1\t')).toBe('C-1')
    expect(foldValue('LOWER', 'USMF')).toBe('usmf')
    expect(foldValue(null, ' Net30 ')).toBe('Net30')
  })
})
