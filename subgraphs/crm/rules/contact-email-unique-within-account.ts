import type { RecordRef, Row, Value } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Change, Rule } from '../../kit/participant/rule.ts'

/** Guards `contacts`. Whoever gives an e-mail address to a contact of an account, or takes it away, holds the account. */
export const contactEmailUniqueWithinAccount: Rule = {
  name: 'contactEmailUniqueWithinAccount',
  description:
    'No two contacts of an account have the same e-mail address, whatever its capitals and the spaces around it.',
  exclusive: (change) => {
    const { before, after } = claimsOf(change)
    if (isSame(before, after)) return []
    return [before, after].flatMap((claim) => (claim === null ? [] : [claim.account]))
  },
  reads: (change) => {
    const { before, after: claim } = claimsOf(change)
    if (change.after === null || claim === null || isSame(before, claim)) return []
    const { msdyn_company = null, parentcustomerid = null } = change.after
    const where = { msdyn_company, parentcustomerid }
    const all = Number.MAX_SAFE_INTEGER
    return [{ read: 'ROWS', table: 'contacts', where, limit: all, columns: ['emailaddress1'], guard: claim.account }]
  },
  check: ({ after }, [contacts = []]) => {
    const email = foldedEmail(after)
    const holder = contacts.find((contact) => foldedEmail(contact) === email && !isSameContact(contact, after))
    if (after === null || email === null || holder === undefined) return []
    const message =
      `Contact ${holder['msdyn_contactpersonid']} of account ${after['parentcustomerid']} ` +
      `has the e-mail address ${holder['emailaddress1']} already: give another`
    return [{ message, column: 'emailaddress1' }]
  },
}

/** An e-mail address that a contact has to itself among those of its account. */
interface Claim {
  readonly account: RecordRef
  readonly email: string
}

function claimsOf({ before, after }: Change): { readonly before: Claim | null; readonly after: Claim | null } {
  return { before: claimOf(before), after: claimOf(after) }
}

function claimOf(contact: Row | null): Claim | null {
  const [company, account] = [contact?.['msdyn_company'] ?? null, contact?.['parentcustomerid'] ?? null]
  const email = foldedEmail(contact)
  if (company === null || account === null || email === null) return null
  return { account: { table: 'accounts', key: recordKey([company, account]) }, email }
}

function isSame(one: Claim | null, other: Claim | null): boolean {
  return one?.email === other?.email && one?.account.key === other?.account.key
}

/** In the one form in which addresses compare; null where there is none, of which spaces alone are one more way. */
function foldedEmail(contact: Row | null): string | null {
  const email: Value = contact?.['emailaddress1'] ?? null
  const folded = typeof email === 'string' ? email.trim().toLowerCase() : ''
  return folded === '' ? null : folded
}

function isSameContact(one: Row, other: Row | null): boolean {
  return one['msdyn_contactpersonid'] === other?.['msdyn_contactpersonid']
}
