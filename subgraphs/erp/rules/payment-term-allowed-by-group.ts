import type { Row } from '../../../schema/record.ts'
import type { Change, Rule, RuleRead, RuleViolation } from '../../kit/participant/rule.ts'
import { type GroupRecord, groupOf, rowsOfGroup } from './customer-group.ts'
import { touches } from './touches.ts'

/**
 * Guards `CustomersV3` and `CustomerGroupPaymentTerms`. The group's lock covers both reads: customers take it shared,
 * and whoever changes the list of a group exclusively.
 */
export const paymentTermAllowedByGroup: Rule = {
  name: 'paymentTermAllowedByGroup',
  description:
    "A customer's terms of payment are among those that its group allows; a group without a list allows all.",
  exclusive: (change) => (change.table === 'CustomerGroupPaymentTerms' ? groupsOf(change) : []),
  reads: (change) => (change.table === 'CustomerGroupPaymentTerms' ? readsForList(change) : readsForCustomer(change)),
  check: (change, answers) =>
    change.table === 'CustomerGroupPaymentTerms' ? checkList(answers) : checkCustomer(change, answers),
}

function readsForCustomer({ before, after }: Change): readonly RuleRead[] {
  if (after === null || !touches(before, after, ['PaymentTerms', 'CustomerGroupId'])) return []
  const group = groupOf(after)
  const hasTerms = (after['PaymentTerms'] ?? null) !== null
  return group === null || !hasTerms ? [] : [rowsOfGroup('CustomerGroupPaymentTerms', after, group)]
}

function checkCustomer({ after }: Change, answers: readonly (readonly Row[])[]): readonly RuleViolation[] {
  const [list] = answers
  if (after === null || list === undefined || allows(list, after)) return []
  return [
    {
      message:
        `Customer group ${after['CustomerGroupId']} does not allow the terms of payment ${after['PaymentTerms']}; ` +
        `it allows ${list.map((row) => row['PaymentTermsName']).join(', ')}`,
      column: 'PaymentTerms',
    },
  ]
}

function readsForList(change: Change): readonly RuleRead[] {
  const row = change.after ?? change.before
  const group = row === null ? null : groupOf(row)
  if (row === null || group === null) return []
  return [rowsOfGroup('CustomerGroupPaymentTerms', row, group), rowsOfGroup('CustomersV3', row, group)]
}

function checkList(answers: readonly (readonly Row[])[]): readonly RuleViolation[] {
  const [list = [], customers = []] = answers
  const stranded = customers.find((customer) => !allows(list, customer))
  if (stranded === undefined) return []
  return [
    {
      message:
        `Customer ${stranded['CustomerAccount']} of the group has the terms of payment ${stranded['PaymentTerms']}, ` +
        'which would no longer be allowed',
      column: 'PaymentTermsName',
    },
  ]
}

/** Whether a group with this list of terms admits the customer. */
function allows(list: readonly Row[], customer: Row): boolean {
  const terms = customer['PaymentTerms'] ?? null
  return terms === null || list.length === 0 || list.some((row) => row['PaymentTermsName'] === terms)
}

/** The key names the group and never changes, so either image of the row will do. */
function groupsOf({ before, after }: Change): readonly GroupRecord[] {
  const row = after ?? before
  const group = row === null ? null : groupOf(row)
  return group === null ? [] : [group]
}
