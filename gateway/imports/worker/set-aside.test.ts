import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JobDefinition } from '../job/definition.ts'
import { createDuplicates } from './set-aside.ts'

type Rule = JobDefinition['duplicates']

/** By the meaning of the rules, with all rows at hand. */
function expected(records: readonly string[], rule: Rule): readonly boolean[] {
  return records.map((record, at) => {
    const isBefore = records.slice(0, at).includes(record)
    const isAfter = records.slice(at + 1).includes(record)
    return { FAIL: isBefore || isAfter, FIRST_WINS: isBefore, LAST_WINS: isAfter }[rule]
  })
}

describe('Rows that mean the same record', () => {
  it.each<Rule>(['FAIL', 'FIRST_WINS', 'LAST_WINS'])('are set aside as %s says, and no others', (rule) => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'abcdefgh'), { maxLength: 30 }), (records) => {
        const duplicates = createDuplicates(rule)
        for (const [at, record] of records.entries()) duplicates.add(at + 1, record)
        expect(records.map((_, at) => duplicates.has(at + 1))).toEqual(expected(records, rule))
      }),
    )
  })

  it('are found among very many', () => {
    const duplicates = createDuplicates('FIRST_WINS')
    const count = 50_000
    for (let row = 1; row <= count; row += 1) duplicates.add(row, `record ${row}`)
    for (let row = 1; row <= count; row += 7) duplicates.add(count + row, `record ${row}`)
    const aside = Array.from({ length: 2 * count }, (_, at) => at + 1).filter((row) => duplicates.has(row))
    expect(aside).toEqual(Array.from({ length: Math.ceil(count / 7) }, (_, at) => count + 1 + at * 7))
  })
})
