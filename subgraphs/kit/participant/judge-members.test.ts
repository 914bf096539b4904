import { describe, expect, it } from 'vitest'
import type { PrepareRequest, Write } from '../../../schema/participant.ts'
import { NEVER_WRITTEN, type RecordState } from '../../../schema/record.ts'
import { computations, create, request, rules, tables } from '../stores/contract/system.contract.ts'
import { type Bench, checkMembers, judgeMembers } from './judge-members.ts'
import type { Rule } from './rule.ts'
import { modelSystem } from './system-model.ts'

/** Fails, rather than finds anything, on one number. */
const fragile: Rule = {
  name: 'limitWithinGroup',
  description: 'Cannot cope with customer C13.',
  reads: () => [],
  check: ({ after }) => {
    if (after?.['number'] === 'C13') throw new TypeError('not thought of')
    return []
  },
}
const system = modelSystem('ERP', tables, [...rules.filter(({ name }) => name !== fragile.name), fragile], computations)

const ABSENT: RecordState = { version: NEVER_WRITTEN, row: null, localVersion: 0, updatedAt: null }

const customer = (number: string) => create('customers', ['usmf', number], { name: 'One' })
const batch = (members: readonly (readonly Write[])[], more: Partial<PrepareRequest> = {}) =>
  request(
    't1',
    members.flatMap((writes, member) => writes.map((write) => ({ ...write, member }))),
    { members: members.length, ...more },
  )

/** An empty system, but for the company. */
const benchOf = (more: Partial<Bench> = {}) => {
  const faults: unknown[] = []
  const bench: Bench = {
    state: () => ABSENT,
    answer: ({ table, by }) => ({ keys: table === 'companies' && 'key' in by ? [by.key] : [], rows: [] }),
    isFree: () => true,
    onFault: (error) => faults.push(error),
    ...more,
  }
  return { bench, faults }
}

describe('The members of a batch that is only looked at', () => {
  it('stand in nobody else way: each is refused for what it would be refused for alone', () => {
    const { bench } = benchOf()
    const nameless = create('customers', ['usmf', 'C14'], {})
    const request = batch([[customer('C12')], [customer('C12')], [nameless]])
    expect(judgeMembers(system, request, bench).leftOut.members).toEqual([1, 2])
    const found = checkMembers(system, request, bench)
    expect(found.map(({ member, code }) => [member, code])).toEqual([[2, 'REQUIRED']])
  })
})

describe('The members of a batch', () => {
  it('are judged each by itself: one on which a rule fails leaves its neighbours, and the fault is told', () => {
    const { bench, faults } = benchOf()
    const { writes, leftOut, locks } = judgeMembers(
      system,
      batch([[customer('C12')], [customer('C13')], [customer('C14')]]),
      bench,
    )
    expect(writes.map(({ member }) => member)).toEqual([0, 2])
    expect(leftOut).toMatchObject({ members: [1], violations: [{ code: 'SYSTEM_UNAVAILABLE', member: 1 }] })
    expect(JSON.stringify(leftOut)).not.toContain('not thought of')
    expect(faults).toEqual([new TypeError('not thought of')])
    expect(locks.some(({ resource }) => resource.includes('C13'))).toBe(false)
  })

  it('pass a fault on that is none of theirs', () => {
    const { bench } = benchOf({
      onFault: (error) => {
        throw error
      },
    })
    expect(() => judgeMembers(system, batch([[customer('C13')]]), bench)).toThrow('not thought of')
  })

  it('are refused where somebody else is in the way of any of their locks', () => {
    const { bench } = benchOf({ isFree: ({ resource }) => !resource.includes('C2') })
    const members = [[customer('C1')], [customer('C2'), customer('C3')], [customer('C3')]]
    const { writes, leftOut } = judgeMembers(system, batch(members), bench)
    expect(writes.map(({ member }) => member)).toEqual([0, 2])
    expect(leftOut).toMatchObject({ members: [1], violations: [{ code: 'LOCKED', member: 1, write: 1 }] })
  })

  it('share what they only refer to, and name each lock once', () => {
    const { bench } = benchOf()
    const { locks, leftOut } = judgeMembers(system, batch([[customer('C1')], [customer('C2')]]), bench)
    expect(leftOut.members).toEqual([])
    expect(locks.filter(({ resource }) => resource.startsWith('record companies'))).toMatchObject([{ mode: 'SHARED' }])
  })

  it.each([
    ['write', batch([[]], { writes: [{ ...customer('C1'), member: 1 }] })],
    [
      'refusal',
      batch([[]], {
        refusals: [
          {
            ...{ code: 'CONFLICT', message: '', system: null, write: null, table: null, column: null, path: null },
            ...{ retryable: false, member: 1 },
          },
        ],
      }),
    ],
  ])('must be there for every %s', (_, asked) => {
    expect(() => judgeMembers(system, asked, benchOf().bench)).toThrow(RangeError)
  })
})
