/** What rules know of orders and quotations alike: documents with lines, each made on a day. */
export interface SalesDocument {
  /** As messages call it. */
  readonly name: string
  readonly table: string
  readonly lines: string
  /** Column of its number, in the lines as well. */
  readonly number: string
  /** Column of the day on which it was made. */
  readonly date: string
}

const SALES_DOCUMENTS: readonly SalesDocument[] = [
  {
    name: 'Order',
    table: 'SalesOrderHeaders',
    lines: 'SalesOrderLines',
    number: 'SalesOrderNumber',
    date: 'OrderCreationDate',
  },
  {
    name: 'Quotation',
    table: 'SalesQuotationHeaders',
    lines: 'SalesQuotationLines',
    number: 'SalesQuotationNumber',
    date: 'QuotationCreationDate',
  },
]

/** The kind of document that is kept in a table; null for another table. */
export function documentIn(table: string): SalesDocument | null {
  return SALES_DOCUMENTS.find((document) => document.table === table) ?? null
}

/** The kind of document whose lines are kept in a table; null for another table. */
export function documentOfLines(table: string): SalesDocument | null {
  return SALES_DOCUMENTS.find(({ lines }) => lines === table) ?? null
}
