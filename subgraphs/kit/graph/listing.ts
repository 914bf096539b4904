/** What a list can be filtered and ordered by: the same for the graph's entities and for native tables. */

import type { Value } from '../../../schema/participant.ts'
import type { TableDefinition } from '../../../schema/table.ts'
import type { Condition } from '../stores/record-store.ts'

/** A value as the columns of a field hold it, one for each; null where nothing can hold it. */
export type Operand =
  | { readonly ok: true; readonly values: readonly Value[] | null }
  | { readonly ok: false; readonly message: string }

export interface ListField {
  readonly name: string
  readonly description: string
  /** The GraphQL scalar or enum of one value. */
  readonly type: string
  readonly isEnum: boolean
  /** The first one orders, and says whether the field is empty; a reference has its company's beside it. */
  readonly columns: readonly [string, ...string[]]
  readonly operand: (value: Value) => Operand
  /** Its name in the enum of orders; null where it does not order. */
  readonly orderName: string | null
}

export interface Listing {
  /** What its types are called after: `CustomerErp` has a `CustomerErpFilter`. */
  readonly prefix: string
  /** GraphQL type of the records. */
  readonly node: string
  readonly table: TableDefinition
  /** The records that the list is over; null for the whole table. */
  readonly scope: Condition | null
  readonly fields: ReadonlyMap<string, ListField>
  /** By their name in the enum of orders. */
  readonly orders: ReadonlyMap<string, ListField>
}

export function listing(
  options: Omit<Listing, 'fields' | 'orders'> & { readonly fields: readonly ListField[] },
): Listing {
  const ordered = options.fields.flatMap((field): [string, ListField][] =>
    field.orderName === null ? [] : [[field.orderName, field]],
  )
  return {
    ...options,
    fields: new Map(options.fields.map((field) => [field.name, field])),
    orders: new Map(ordered),
  }
}
