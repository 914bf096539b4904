import { buildASTSchema, GraphQLScalarType, parse, parseValue, valueFromAST } from 'graphql'
import { describe, expect, it } from 'vitest'
import { SCALARS, scalarDefinitions } from './scalars.ts'

const literal = (scalar: GraphQLScalarType, text: string) => scalar.parseLiteral(parseValue(text), {})

describe('Decimal', () => {
  it.each(['0', '-12.50', '+3', '123456789012345678.99'])('takes %s as it is written', (text) => {
    expect(SCALARS.Decimal.parseValue(text)).toBe(text)
    expect(literal(SCALARS.Decimal, `"${text}"`)).toBe(text)
    expect(SCALARS.Decimal.serialize(text)).toBe(text)
  })

  it('refuses a number, in JSON and as a literal, and says to send a string', () => {
    expect(() => SCALARS.Decimal.parseValue(12.5)).toThrow('send the number in quotes')
    expect(() => literal(SCALARS.Decimal, '12.5')).toThrow('send the number in quotes')
    expect(() => literal(SCALARS.Decimal, '12')).toThrow('send the number in quotes')
  })

  it.each(['', ' 1', '1.', '.5', '1e3', '0x10', 'NaN', '1,5', '١'])('refuses %j', (text) => {
    expect(() => SCALARS.Decimal.parseValue(text)).toThrow('a string of digits')
  })

  it('never lets a float out', () => {
    expect(() => SCALARS.Decimal.serialize(0.1)).toThrow()
  })
})

describe('Date', () => {
  it('takes real dates', () => {
    expect(SCALARS.Date.parseValue('2024-02-29')).toBe('2024-02-29')
    expect(literal(SCALARS.Date, '"0099-12-31"')).toBe('0099-12-31')
  })

  it.each(['2023-02-29', '2024-13-01', '2024-1-1', '2024-01-01T00:00:00Z', '', 5])('refuses %j', (value) => {
    expect(() => SCALARS.Date.parseValue(value)).toThrow('YYYY-MM-DD')
  })
})

describe('DateTime', () => {
  it('answers in UTC with milliseconds', () => {
    expect(SCALARS.DateTime.parseValue('2024-05-31T12:00:00Z')).toBe('2024-05-31T12:00:00.000Z')
    expect(literal(SCALARS.DateTime, '"2024-05-31T12:00:00.5+02:00"')).toBe('2024-05-31T10:00:00.500Z')
  })

  it.each(['2024-05-31T12:00:00', '2024-05-31', '2023-02-29T00:00:00Z', '2024-05-31T25:00:00Z', 0])(
    'refuses %j',
    (value) => {
      expect(() => SCALARS.DateTime.parseValue(value)).toThrow('with a zone')
    },
  )
})

describe('JSON', () => {
  it('takes any value, variables included', () => {
    const value = valueFromAST(parseValue('{a: [1, "x", null, $v]}'), SCALARS.JSON, { v: true })
    expect(value).toEqual({ a: [1, 'x', null, true] })
  })
})

describe('the definitions', () => {
  it('describe every scalar', () => {
    const schema = buildASTSchema(parse(scalarDefinitions))
    for (const [name, scalar] of Object.entries(SCALARS)) {
      expect(scalar).toBeInstanceOf(GraphQLScalarType)
      expect(schema.getType(name)?.description).toBe(scalar.description)
    }
  })
})
