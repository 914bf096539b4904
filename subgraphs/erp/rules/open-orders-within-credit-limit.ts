import type { RecordRef, Row } from '../../../schema/record.ts'
import type { Change, Rule, RuleRead, RuleViolation } from '../../kit/participant/rule.ts'
import { amountOf } from '../money.ts'
import { recordNamedBy } from '../named-record.ts'
import {
  companyOf,
  creditCurrencyOf,
  creditLimitOf,
  creditTakenBy,
  isMandatory,
  mandatoryGroupsOf,
  openOrdersOf,
  ordersTakingCredit,
} from './customer-credit.ts'
import { groupOf, rowsOfGroup } from './customer-group.ts'
import { touches } from './touches.ts'

type Answers = readonly (readonly Row[])[]

/** How the rule looks at a write of one table. */
interface Side {
  readonly exclusive: (change: Change) => readonly RecordRef[]
  readonly reads: (change: Change) => readonly RuleRead[]
  readonly check: (change: Change, answers: Answers) => readonly RuleViolation[]
}

/**
 * Guards `SalesOrderHeaders`, `CustomersV3` and `CustomerGroups`: the limit may break from each of them. An order is
 * judged only where it takes up more credit than before, a customer where its credit may have shrunk, a group where it
 * makes limits mandatory, which allows nothing to those of its customers whose limit is zero.
 *
 * Two locks keep it true. The customer's own: every write that changes what its open orders come to holds it
 * exclusively. And the company's, for which groups are mandatory cannot be told from an order alone: an order that takes
 * up credit holds it shared, and a group that changes its policy exclusively, which is rare.
 */
export const openOrdersWithinCreditLimit: Rule = {
  name: 'openOrdersWithinCreditLimit',
  description:
    "What a customer's open orders come to is within its credit limit, in one currency. A limit of zero sets no bound, " +
    'unless the customer or its group makes the limit mandatory: then it allows nothing. An order that comes to less ' +
    'than zero takes up no credit and makes no room for others.',
  exclusive: (change) => sideOf(change).exclusive(change),
  reads: (change) => sideOf(change).reads(change),
  check: (change, answers) => (answers.length === 0 ? [] : sideOf(change).check(change, answers)),
}

function sideOf({ table }: Change): Side {
  if (table === 'CustomerGroups') return groupSide
  return table === 'CustomersV3' ? customerSide : orderSide
}

const CREDIT_COLUMN = 'OpenOrderCustomerAccountNumber'

const orderSide: Side = {
  exclusive: ({ before, after }) => {
    const columns = [CREDIT_COLUMN, 'OrderTotalAmount', 'CurrencyCode']
    if (before !== null && after !== null && !touches(before, after, columns)) return []
    return [before, after].flatMap((order) => creditedBy(order) ?? [])
  },
  reads: ({ before, after }) => {
    const customer = creditedBy(after)
    const company = after === null ? null : companyOf(after)
    if (after === null || customer === null || company === null || !takesMore(before, after)) return []
    return [
      { read: 'RECORD', ...customer },
      ...mandatoryGroupsOf(company),
      ...ordersTakingCredit(customer.key, Number.MAX_SAFE_INTEGER),
    ]
  },
  check: ({ after }, [customers = [], groups = [], orders = []]) => {
    const [customer] = customers
    const limit = customer === undefined ? null : creditLimitOf(customer, groups)
    if (after === null || customer === undefined || limit === null) return []
    const others = orders.filter((order) => order['SalesOrderNumber'] !== after['SalesOrderNumber'])
    const currency = creditCurrencyOf(customer, others) ?? after['CurrencyCode']
    const number = customer['CustomerAccount']
    if (after['CurrencyCode'] !== currency) {
      const message = `The credit limit of customer ${number} counts in ${currency}: give the order that currency`
      return [{ message, column: 'CurrencyCode' }]
    }
    const total = creditTakenBy(orders)
    if (total <= limit) return []
    const message =
      `Open orders of customer ${number} would come to ${amountOf(total)}, ` +
      `above its credit limit of ${amountOf(limit)}`
    return [{ message, column: null }]
  },
}

function creditedBy(order: Row | null): RecordRef | null {
  return order === null ? null : recordNamedBy(order, CREDIT_COLUMN, 'CustomersV3')
}

function takesMore(before: Row | null, after: Row): boolean {
  return (
    touches(before, after, [CREDIT_COLUMN, 'CurrencyCode']) ||
    creditTakenBy([after]) > creditTakenBy(before === null ? [] : [before])
  )
}

const customerSide: Side = {
  exclusive: () => [],
  reads: ({ key, before, after }) => {
    const columns = ['CreditLimit', 'CreditLimitIsMandatory', 'CustomerGroupId', 'SalesCurrencyCode']
    // A customer that is only now created has no orders yet.
    if (before === null || after === null || !touches(before, after, columns)) return []
    const group = groupOf(after)
    const groups: readonly RuleRead[] = group === null ? [] : [{ read: 'RECORD', ...group }]
    return [...ordersTakingCredit(key, Number.MAX_SAFE_INTEGER), ...groups]
  },
  check: ({ after }, [orders = [], groups = []]) => {
    const limit = after === null ? null : creditLimitOf(after, groups)
    if (after === null || limit === null) return []
    const currency = creditCurrencyOf(after, orders)
    const foreign = orders.find((order) => order['CurrencyCode'] !== currency)
    if (foreign !== undefined) {
      const message =
        `Open order ${foreign['SalesOrderNumber']} is in ${foreign['CurrencyCode']}, ` +
        `and the credit limit would count in ${currency}`
      return [{ message, column: 'SalesCurrencyCode' }]
    }
    const total = creditTakenBy(orders)
    if (total <= limit) return []
    const message =
      `Open orders of customer ${after['CustomerAccount']} come to ${amountOf(total)}, ` +
      `above a credit limit of ${amountOf(limit)}`
    return [{ message, column: 'CreditLimit' }]
  },
}

const groupSide: Side = {
  exclusive: ({ before, after }) => {
    const company = companyOf(after ?? before ?? {})
    return company === null || isMandatory(before) === isMandatory(after) ? [] : [company]
  },
  reads: ({ before, after }) => {
    // A group that is only now created has no customers yet.
    if (before === null || after === null || isMandatory(before) || !isMandatory(after)) return []
    const [group, company] = [groupOf(after), companyOf(after)]
    return group === null || company === null
      ? []
      : [rowsOfGroup('CustomersV3', after, group), ...openOrdersOf(company)]
  },
  check: ({ after }, [customers = [], ...orders]) => {
    if (after === null) return []
    const ordersOf = Map.groupBy(orders.flat(), (order) => order[CREDIT_COLUMN])
    const above = customers.find((customer) => {
      const limit = creditLimitOf(customer, [after])
      return limit !== null && creditTakenBy(ordersOf.get(customer['CustomerAccount']) ?? []) > limit
    })
    if (above === undefined) return []
    const message =
      `Customer ${above['CustomerAccount']} of the group has open orders, ` +
      `which its credit limit of ${above['CreditLimit']} would no longer allow`
    return [{ message, column: 'CreditLimitIsMandatory' }]
  },
}
