import { describe, expect, it } from 'vitest'
import type { Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Change } from '../../kit/participant/rule.ts'
import { contactEmailUniqueWithinAccount as rule } from './contact-email-unique-within-account.ts'

const C1 = { table: 'accounts', key: recordKey(['usmf', 'C-1']) }
const C2 = { table: 'accounts', key: recordKey(['usmf', 'C-2']) }

function contact(emailaddress1: string | null, values: Row = {}): Row {
  return {
    msdyn_company: 'usmf',
    msdyn_contactpersonid: 'CP-000001',
    parentcustomerid: 'C-1',
    emailaddress1,
    ...values,
  }
}

function change(before: Row | null, after: Row | null): Change {
  return { table: 'contacts', key: recordKey(['usmf', 'CP-000001']), before, after }
}

function messages(email: string | null, ...others: readonly (string | null)[]): readonly string[] {
  const rows = others.map((other, at) => contact(other, { msdyn_contactpersonid: `CP-00001${at}` }))
  const made = contact(email)
  return rule.check(change(null, made), [[made, ...rows]]).map(({ message }) => message)
}

describe('the e-mail address of a contact', () => {
  it('is compared with those of its account, which the write holds exclusively', () => {
    const made = change(null, contact('vale@example.com'))
    expect(rule.exclusive?.(made)).toEqual([C1])
    expect(rule.reads(made)).toEqual([
      {
        read: 'ROWS',
        table: 'contacts',
        where: { msdyn_company: 'usmf', parentcustomerid: 'C-1' },
        limit: Number.MAX_SAFE_INTEGER,
        columns: ['emailaddress1'],
        guard: C1,
      },
    ])
  })

  it.each(['vale@example.com', 'Vale@Example.COM', ' vale@example.com', 'vale@example.com\t'])(
    'may not be %j where another contact of the account has it',
    (email) => {
      expect(messages(email, null, 'vale@example.com')).toEqual([
        'Contact CP-000011 of account C-1 has the e-mail address vale@example.com already: give another',
      ])
    },
  )

  it('may be one that nobody else there has', () => {
    expect(messages('vale@example.com', 'dale@example.com', null, '')).toEqual([])
  })

  it.each([null, '', '  '])('may be %j as often as one likes', (none) => {
    expect(messages(none, null, '', ' ')).toEqual([])
    expect(rule.reads(change(null, contact(none)))).toEqual([])
    expect(rule.exclusive?.(change(null, contact(none)))).toEqual([])
  })

  it.each([
    ['has no account', null, contact('vale@example.com', { parentcustomerid: null }), []],
    ['keeps address and account', contact('vale@example.com'), contact('vale@example.com', { fax: '1' }), []],
    ['writes its address another way', contact('vale@example.com'), contact('Vale@example.com'), []],
    ['is deleted', contact('vale@example.com'), null, [C1]],
    ['gives its address up', contact('vale@example.com'), contact(null), [C1]],
  ])('is not judged where the contact %s', (_, before, after, held) => {
    expect(rule.reads(change(before, after))).toEqual([])
    expect(rule.exclusive?.(change(before, after))).toEqual(held)
  })

  it('is judged anew where the contact moves to another account, both of which are held', () => {
    const moved = change(contact('vale@example.com'), contact('vale@example.com', { parentcustomerid: 'C-2' }))
    expect(rule.exclusive?.(moved)).toEqual([C1, C2])
    expect(rule.reads(moved)).toMatchObject([{ where: { parentcustomerid: 'C-2' }, guard: C2 }])
  })
})
