/** What the sample data is made of, and how it varies: by arithmetic on the place in a list, so that it never changes. */

import type { Row } from '../../schema/record.ts'

/** As the create input of the entity takes it. */
export type SampleInput = Readonly<Record<string, unknown>>

/** A record to create. */
export interface SampleWrite {
  readonly entity: string
  readonly input: SampleInput
}

/** A row that one system holds alone. */
export interface SampleRow {
  readonly table: string
  readonly row: Row
}

/** The values take turns, the first again after the last. */
export function turn<Item>(values: readonly [Item, ...Item[]], index: number): Item {
  return values[index % values.length] ?? values[0]
}
