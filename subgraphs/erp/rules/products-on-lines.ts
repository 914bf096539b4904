import type { Row } from '../../../schema/record.ts'
import type { Change, Rule, RuleRead } from '../../kit/participant/rule.ts'
import { recordNamedBy } from '../named-record.ts'
import { documentOfLines } from '../sales-document.ts'
import { touches } from './touches.ts'

/**
 * Guards `SalesOrderLines` and `SalesQuotationLines`. That the product is released in the company is its reference;
 * a line that stands may stay when its product is discontinued. That the document is not dated later afterwards is
 * the rule `noLaterDateWithLines`.
 */
export const productsOnLines: Rule = {
  name: 'productsOnLines',
  description:
    'A product that is discontinued is put on no line, but on one of an order or quotation made before the day on which ' +
    'it was discontinued.',
  reads: readsOf,
  check: (change, answers) => {
    const [product, document] = answers.map(([row]) => row)
    const columns = documentOfLines(change.table)
    if (change.after === null || columns === null || product?.['ProductState'] !== 'Discontinued') return []
    if (isBefore(document?.[columns.date], product['DiscontinuedDate'])) return []
    const since = (product['DiscontinuedDate'] ?? null) === null ? '' : ` since ${product['DiscontinuedDate']}`
    const message = `Product ${product['ProductNumber']} is discontinued${since}: choose another`
    return [{ message, column: 'ProductNumber' }]
  },
}

function readsOf({ table, before, after }: Change): readonly RuleRead[] {
  const columns = documentOfLines(table)
  if (columns === null || after === null || !touches(before, after, ['ProductNumber'])) return []
  const product = recordNamedBy(after, 'ProductNumber', 'ReleasedDistinctProducts')
  const document = recordNamedBy(after, columns.number, columns.table)
  if (product === null || document === null) return []
  return [
    { read: 'RECORD', ...product },
    { read: 'RECORD', ...document },
  ]
}

/** Days are written so that text compares as they do; false where either is empty. */
function isBefore(one: Row[string] | undefined, other: Row[string] | undefined): boolean {
  return typeof one === 'string' && typeof other === 'string' && one < other
}
