/**
 * A chunk of a snapshot beside the changes that came while it was read. Streamed changes win: DBLog (Andreakis and
 * Papapanagiotou, 2020, https://arxiv.org/abs/2010.12597) gives all changes between a mark before the read and one after
 * it, and then those rows of the chunk that none of them touched.
 *
 * A filter may pass over a change by its kind, and then nothing comes in the row's place: such a row is given as that
 * change left it. A change of one system does not tell of what the other alone holds: there the row is given, too, as
 * the change left it, with the rest as it was read.
 */

import type { Change } from '../stream/stream.ts'
import type { SnapshotRow } from './feed.ts'
import type { DistinctFilter } from './filter.ts'
import type { SnapshotChunk } from './snapshot-source.ts'

interface Standing {
  /** As the latest change left it; null where that took it away. */
  readonly record: SnapshotRow['record'] | null
  /** Null where the subscriber was told all of it with the latest change, or the record does not match any more. */
  readonly row: SnapshotRow | null
}

export class OpenChunk {
  readonly #entity: string
  readonly #distinct: DistinctFilter
  /** By id, in the order of the chunk. */
  readonly #standings: Map<string, Standing>

  constructor(entity: string, { rows }: SnapshotChunk, distinct: DistinctFilter) {
    this.#entity = entity
    this.#distinct = distinct
    this.#standings = new Map(rows.map((row) => [row.id, { record: row.record, row }]))
  }

  /** Every change between the marks, in stream order. */
  pass(change: Change, isTold: boolean): void {
    const { entity, id, company, revision } = change
    const standing = this.#standings.get(id)
    if (entity !== this.#entity || standing === undefined) return
    const record = change.after === null ? null : { ...standing.record, ...change.after }
    const isKnown = isTold && isWhole(change, record)
    const stands = !isKnown && record !== null && this.#distinct.matchesAfter({ ...change, after: record })
    this.#standings.set(id, { record, row: stands ? { entity, id, company, revision, record } : null })
  }

  /** What is left, as it stands at the second mark. */
  rows(): readonly SnapshotRow[] {
    return [...this.#standings.values()].map(({ row }) => row).filter((row) => row !== null)
  }
}

/** Whether the change shows every field of the record. */
function isWhole({ after }: Change, record: SnapshotRow['record'] | null): boolean {
  return after === null || Object.keys(record ?? {}).every((name) => Object.hasOwn(after, name))
}
