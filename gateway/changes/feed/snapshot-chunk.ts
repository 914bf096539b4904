/**
 * A chunk of a snapshot beside the changes that came while it was read. Streamed changes win: DBLog (Andreakis and
 * Papapanagiotou, 2020, https://arxiv.org/abs/2010.12597) gives all changes between a mark before the read and one after
 * it, and then those rows of the chunk that none of them touched.
 *
 * A filter may pass over a change by its kind, and then nothing comes in the row's place: such a row is given as that
 * change left it.
 */

import type { Change } from '../stream/stream.ts'
import type { SnapshotRow } from './feed.ts'
import type { DistinctFilter } from './filter.ts'
import type { SnapshotChunk } from './snapshot-source.ts'

export class OpenChunk {
  readonly #entity: string
  readonly #distinct: DistinctFilter
  /** By id, in the order of the chunk; null for one whose latest change the subscriber was told, or that is gone. */
  readonly #rows: Map<string, SnapshotRow | null>

  constructor(entity: string, { rows }: SnapshotChunk, distinct: DistinctFilter) {
    this.#entity = entity
    this.#distinct = distinct
    this.#rows = new Map(rows.map((row) => [row.id, row]))
  }

  /** Every change between the marks, in stream order. */
  pass(change: Change, isTold: boolean): void {
    const { entity, id, company, revision, after } = change
    if (entity !== this.#entity || !this.#rows.has(id)) return
    const stands = !isTold && after !== null && this.#distinct.matchesAfter(change)
    this.#rows.set(id, stands ? { entity, id, company, revision, record: after } : null)
  }

  /** What is left, as it stands at the second mark. */
  rows(): readonly SnapshotRow[] {
    return [...this.#rows.values()].filter((row) => row !== null)
  }
}
