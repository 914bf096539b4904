import type { Row } from '../../../schema/record.ts'
import type { Change, Rule, RuleRead, RuleViolation } from '../../kit/participant/rule.ts'
import { hundredths } from '../money.ts'
import { groupOf, rowsOfGroup } from './customer-group.ts'
import { touches } from './touches.ts'

/** Guards `CustomersV3` and `CustomerGroups`: the limit may break from either end. */
export const creditLimitWithinGroup: Rule = {
  name: 'creditLimitWithinGroup',
  description: "A customer's credit limit may not exceed its group's maximum; a group without a maximum sets no bound.",
  reads: (change) => (change.table === 'CustomerGroups' ? readsForGroup(change) : readsForCustomer(change)),
  check: (change, answers) => {
    const rows = answers[0] ?? []
    if (change.after === null) return []
    return change.table === 'CustomerGroups' ? checkGroup(change.after, rows) : checkCustomer(change.after, rows)
  },
}

function readsForCustomer({ before, after }: Change): readonly RuleRead[] {
  if (after === null || !touches(before, after, ['CreditLimit', 'CustomerGroupId'])) return []
  const group = groupOf(after)
  return group === null || hundredths(after['CreditLimit']) === null ? [] : [{ read: 'RECORD', ...group }]
}

function checkCustomer(customer: Row, groups: readonly Row[]): readonly RuleViolation[] {
  const limit = hundredths(customer['CreditLimit'])
  const maximum = hundredths(groups[0]?.['MaximumCreditLimit'])
  if (limit === null || maximum === null || limit <= maximum) return []
  return [
    {
      message:
        `The credit limit ${customer['CreditLimit']} exceeds the maximum of ` +
        `customer group ${customer['CustomerGroupId']}, ${groups[0]?.['MaximumCreditLimit']}`,
      column: 'CreditLimit',
    },
  ]
}

function readsForGroup({ before, after }: Change): readonly RuleRead[] {
  // A group that is only now created has no customers yet.
  if (before === null || after === null || !isLowered(before, after)) return []
  const group = groupOf(after)
  return group === null ? [] : [rowsOfGroup('CustomersV3', after, group)]
}

function isLowered(before: Row, after: Row): boolean {
  const from = hundredths(before['MaximumCreditLimit'])
  const to = hundredths(after['MaximumCreditLimit'])
  return to !== null && (from === null || to < from)
}

function checkGroup(group: Row, customers: readonly Row[]): readonly RuleViolation[] {
  const maximum = hundredths(group['MaximumCreditLimit'])
  if (maximum === null) return []
  const above = customers.filter((customer) => (hundredths(customer['CreditLimit']) ?? 0n) > maximum)
  const [first] = above
  if (first === undefined) return []
  const others = above.length === 1 ? '' : ` and ${above.length - 1} more`
  return [
    {
      message:
        `The maximum credit limit ${group['MaximumCreditLimit']} is below the limit of ` +
        `customer ${first['CustomerAccount']}, ${first['CreditLimit']}${others}`,
      column: 'MaximumCreditLimit',
    },
  ]
}
