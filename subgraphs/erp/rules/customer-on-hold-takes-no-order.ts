import type { Row, Value } from '../../../schema/record.ts'
import type { Change, Rule, RuleRead, RuleViolation } from '../../kit/participant/rule.ts'
import { recordNamedBy } from '../named-record.ts'
import { INVOICED, statusOf } from '../sales-order.ts'

const CUSTOMER_COLUMNS = ['OrderingCustomerAccountNumber', 'InvoiceCustomerAccountNumber']

/** Guards `SalesOrderHeaders`. The customers are read under their shared locks: no hold comes in between. */
export const customerOnHoldTakesNoOrder: Rule = {
  name: 'customerOnHoldTakesNoOrder',
  description:
    'A customer on hold for everything takes no new order, whether it orders or is invoiced; one on hold for invoices ' +
    'or for everything is not invoiced.',
  reads: (change) => concerned(change).map(({ read }) => read),
  check: (change, answers) =>
    concerned(change).flatMap(({ column, isNew }, index) => {
      const customer = answers[index]?.[0]
      return customer === undefined ? [] : holdFaults(change, customer, column, isNew)
    }),
}

interface Concerned {
  readonly column: string
  /** Whether the order is only now one of this customer. */
  readonly isNew: boolean
  readonly read: RuleRead
}

/** The customers of the order whose hold matters to the write, each once. */
function concerned({ before, after }: Change): readonly Concerned[] {
  if (after === null) return []
  const known = CUSTOMER_COLUMNS.map((column) => before?.[column] ?? null)
  const seen = new Set<Value>()
  return CUSTOMER_COLUMNS.flatMap((column) => {
    const customer = recordNamedBy(after, column, 'CustomersV3')
    const number = after[column] ?? null
    const isNew = !known.includes(number)
    if (customer === null || seen.has(number) || (!isNew && !becomesInvoiced(before, after))) return []
    seen.add(number)
    return [{ column, isNew, read: { read: 'RECORD', ...customer } }]
  })
}

function becomesInvoiced(before: Row | null, after: Row): boolean {
  const status = statusOf(after)
  return (status === INVOICED || status === 'PartiallyInvoiced') && status !== statusOf(before)
}

function holdFaults(
  { before, after }: Change,
  customer: Row,
  column: string,
  isNew: boolean,
): readonly RuleViolation[] {
  const hold = customer['OnHoldStatus']
  const name = `Customer ${customer['CustomerAccount']}`
  if (isNew && hold === 'All') {
    return [{ message: `${name} is on hold for everything and takes no order until the hold is lifted`, column }]
  }
  if (after === null || !becomesInvoiced(before, after) || (hold !== 'Invoice' && hold !== 'All')) return []
  return [
    {
      message:
        `${name} is on hold for ${hold === 'All' ? 'everything' : 'invoices'} ` +
        'and is not invoiced until the hold is lifted',
      column: 'SalesOrderProcessingStatus',
    },
  ]
}
