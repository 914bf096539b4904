/** What a list can be filtered and ordered by: the same for the graph's entities and for native tables. */

import type { Value } from '../../../schema/record.ts'
import type { ReferenceTarget, TableDefinition } from '../../../schema/table.ts'
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
  /** The input type of its conditions: fields that have it alike have the same operators and targets. */
  readonly filter: string
  /** The first one orders, and says whether the field is empty; a reference has what else it needs beside it. */
  readonly columns: readonly [string, ...string[]]
  readonly operand: (value: Value) => Operand
  /** Its name in the enum of orders; null where it does not order. */
  readonly orderName: string | null
  /** Where the field leads, beside the operators in its conditions. */
  readonly targets: readonly ListTarget[]
}

/** Another list, whose records those of a list name by their keys: conditions on the one choose records of the other. */
export interface ListTarget {
  /** What a filter has its conditions under. */
  readonly name: string
  readonly description: string
  /** Columns that hold a key of the other list's table. */
  readonly columns: readonly string[]
  /** The key columns there, in the same order. */
  readonly keys: readonly string[]
  /** What else a record must hold to lead there. */
  readonly when: ReferenceTarget['when']
  /** Lists lead to one another in circles, so each is looked up when it is wanted. */
  readonly listing: () => Listing
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
  /** Where its records lead, beside the fields in its filter. */
  readonly targets: ReadonlyMap<string, ListTarget>
  /** By their name in the enum of orders. */
  readonly orders: ReadonlyMap<string, ListField>
}

export function listing(
  options: Pick<Listing, 'prefix' | 'node' | 'table' | 'scope'> & {
    readonly fields: readonly ListField[]
    readonly targets: readonly ListTarget[]
  },
): Listing {
  const ordered = options.fields.flatMap((field): [string, ListField][] =>
    field.orderName === null ? [] : [[field.orderName, field]],
  )
  return {
    ...options,
    fields: new Map(options.fields.map((field) => [field.name, field])),
    targets: new Map(options.targets.map((target) => [target.name, target])),
    orders: new Map(ordered),
  }
}

/** The records of the list that meet the condition. */
export function within({ scope }: Pick<Listing, 'scope'>, condition: Condition): Condition {
  return scope === null ? condition : { all: [scope, condition] }
}

/** The records that lead to one of the target's which meets the condition. */
export function leadingTo({ columns, keys, when, listing }: ListTarget, condition: Condition): Condition {
  const list = listing()
  const reference = { columns, refersTo: list.table.table, keys, where: within(list, condition) }
  if (when === null) return reference
  return { all: [{ column: when.column, is: 'eq', value: when.value }, reference] }
}
