/** What one transaction writes, found by record and by column values: its own writes show to whatever judges it. */

import type { RecordKey, Row, Value } from '../../../schema/record.ts'
import type { Change } from './rule.ts'

type Image = 'before' | 'after'

export class OwnWrites<C extends Change> {
  readonly #changes = new Map<string, Map<RecordKey, C>>()
  /** By table, image and columns; made when it is first asked for, so that many questions cost one pass. */
  readonly #indexes = new Map<string, ReadonlyMap<string, readonly C[]>>()

  constructor(changes: readonly C[]) {
    for (const change of changes) {
      const table = this.#changes.get(change.table)
      if (table === undefined) this.#changes.set(change.table, new Map([[change.key, change]]))
      else table.set(change.key, change)
    }
  }

  get(table: string, key: RecordKey): C | undefined {
    return this.#changes.get(table)?.get(key)
  }

  /** Those whose image, before or after the write, holds these values; in the order of the writes. */
  having(table: string, where: Row, image: Image): readonly C[] {
    const columns = Object.keys(where)
    const name = JSON.stringify([table, image, ...columns])
    const index = this.#indexes.get(name) ?? this.#index(table, columns, image)
    this.#indexes.set(name, index)
    return index.get(JSON.stringify(Object.values(where))) ?? []
  }

  #index(table: string, columns: readonly string[], image: Image): ReadonlyMap<string, readonly C[]> {
    const index = new Map<string, C[]>()
    for (const change of this.#changes.get(table)?.values() ?? []) {
      const row = change[image]
      if (row === null) continue
      const values = JSON.stringify(columns.map((column): Value => row[column] ?? null))
      const alike = index.get(values)
      if (alike === undefined) index.set(values, [change])
      else alike.push(change)
    }
    return index
  }
}
