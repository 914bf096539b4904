/** The records that are there, chunk by chunk in the order of their keys: what a snapshot shows before the changes. */

import type { ChangeFilter, SnapshotRow } from './feed.ts'

export interface ChunkSize {
  readonly rowsMax: number
  /** Of the rows as JSON. */
  readonly bytesMax: number
}

export interface SnapshotChunk {
  /** Of one entity; each as it stood at some moment during the read. */
  readonly rows: readonly SnapshotRow[]
  /** Where the next chunk of the entity begins; null after the last. */
  readonly next: string | null
}

export interface SnapshotSource {
  /** Every entity that records can be read of, in a fixed order. */
  readonly entities: readonly string[]
  /**
   * Records of the entity that match the filter's companies, ids and values: fewer than asked for where they are large, and
   * one that is larger alone. Rejects where a system does not answer. `after` is the `next` of an earlier chunk, of
   * whatever process.
   */
  chunk(entity: string, filter: ChangeFilter, after: string | null, size: ChunkSize): Promise<SnapshotChunk>
}
