import type { Row, Value } from '../../../schema/record.ts'
import type { Change, Rule } from '../../kit/participant/rule.ts'
import { documentIn, type SalesDocument } from '../sales-document.ts'

/**
 * Guards `SalesOrderHeaders` and `SalesQuotationHeaders`. Lines are counted under the document's own lock, which every
 * write of a line takes. It looks at no product: an earlier day lets every line stay, and a later one would have to be
 * judged line by line, which deleting the lines and putting them on again does.
 */
export const noLaterDateWithLines: Rule = {
  name: 'noLaterDateWithLines',
  description:
    'An order or quotation that has lines keeps its date or is dated earlier, never later: by its date it was judged ' +
    'whether a discontinued product may be on it.',
  reads: (change) => {
    const document = documentIn(change.table)
    const { key, after } = change
    if (document === null || after === null || !isPostponed(document, change)) return []
    const where = { dataAreaId: after['dataAreaId'] ?? null, [document.number]: after[document.number] ?? null }
    const guard = { table: document.table, key }
    return [{ read: 'ROWS', table: document.lines, where, limit: 1, columns: [], guard }]
  },
  check: ({ table, before }, [lines = []]) => {
    const document = documentIn(table)
    if (document === null || before === null || lines.length === 0) return []
    const message =
      `${document.name} ${before[document.number]} has lines and cannot be dated later than ${before[document.date]}: ` +
      'keep the date, or delete the lines first'
    return [{ message, column: document.date }]
  },
}

/** Days are written so that text compares as they do. An empty one stands for a day that is still to come. */
function isPostponed({ date }: SalesDocument, { before, after }: Change): boolean {
  const [from, to] = [dayOf(before, date), dayOf(after, date)]
  return typeof from === 'string' && (typeof to !== 'string' || to > from)
}

function dayOf(row: Row | null, date: string): Value {
  return row?.[date] ?? null
}
