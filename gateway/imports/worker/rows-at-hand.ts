/**
 * The rows that a worker has read of a job: those that come next, read ahead of what is taken, and those of open batches.
 * The source is read on from where it was read to, and from another place only where that is needed.
 */

import type { Batch } from '../job/job.ts'
import type { Touched } from '../job/next-work.ts'
import { countOf, rowsIn } from '../job/row-spans.ts'
import type { Place } from '../source/source.ts'
import { Faulted } from './faulted.ts'
import type { OpenSource } from './open-source.ts'
import type { ReadRow } from './read-row.ts'

export interface RowsAtHand extends AsyncDisposable {
  /**
   * So many rows behind a place, and those that go with them, of so many that there are left. Rejects with Faulted where
   * there are fewer.
   */
  next(from: Place, count: number, left: number): Promise<readonly ReadRow[]>
  /** The rows of an open batch. Rejects with Faulted where the source has them no more. */
  of(batch: Batch): Promise<readonly ReadRow[]>
  /** What all of these batches touch. */
  held(open: readonly Batch[]): Promise<Touched>
  /** Rows that are in none of these batches are let go of. */
  keep(open: readonly Batch[]): void
}

export function rowsAtHand(source: Pick<OpenSource, 'rows'>): RowsAtHand {
  const ofBatches = new Map<number, ReadRow>()
  let ahead: readonly ReadRow[] = []
  let reading: AsyncIterator<ReadRow> | null = null
  /** The row that is read next. */
  let row = 0

  const stop = async (): Promise<void> => {
    await reading?.return?.()
    reading = null
    ahead = []
  }

  const startAt = async (from: Place): Promise<AsyncIterator<ReadRow>> => {
    ahead = ahead.slice(Math.max(0, from.rows + 1 - (ahead[0]?.row ?? row)))
    if (reading !== null && (ahead[0]?.row ?? row) === from.rows + 1) return reading
    await stop()
    row = from.rows + 1
    reading = source.rows(from)[Symbol.asyncIterator]()
    return reading
  }

  const of = async (batch: Batch): Promise<readonly ReadRow[]> => {
    const wanted = rowsIn(batch.rows)
    if (wanted.some((one) => !ofBatches.has(one))) {
      for (const read of await readAgain(source, batch)) ofBatches.set(read.row, read)
    }
    return wanted.flatMap((one) => ofBatches.get(one) ?? [])
  }

  return {
    of,
    async next(from, count, left) {
      const rows = await startAt(from)
      const readTo = async (wanted: number) => {
        const further: ReadRow[] = []
        while (ahead.length + further.length < wanted) {
          const read = await rows.next()
          if (read.done === true) throw fewerRows()
          further.push(read.value)
          row += 1
        }
        if (further.length > 0) ahead = [...ahead, ...further]
      }
      let end = Math.min(count, left)
      await readTo(end)
      for (; end < left; end += 1) {
        await readTo(end + 1)
        if (ahead[end]?.content.kind !== 'WITH') break
      }
      return ahead.slice(0, end)
    },
    async held(open) {
      const writes: string[] = []
      const refers: string[] = []
      for (const batch of open) {
        for (const { content } of await of(batch)) {
          if (!('touches' in content)) continue
          writes.push(...content.touches.writes)
          refers.push(...content.touches.refers)
        }
      }
      return { writes, refers }
    },
    keep(open) {
      const wanted = new Set(open.flatMap(({ rows }) => rowsIn(rows)))
      for (const read of ahead) if (wanted.has(read.row)) ofBatches.set(read.row, read)
      for (const one of ofBatches.keys()) if (!wanted.has(one)) ofBatches.delete(one)
    },
    [Symbol.asyncDispose]: stop,
  }
}

async function readAgain(source: Pick<OpenSource, 'rows'>, { from, rows }: Batch): Promise<readonly ReadRow[]> {
  const wanted = new Set(rowsIn(rows))
  const found: ReadRow[] = []
  const last = rows.at(-1)?.[1] ?? 0
  for await (const read of source.rows(from)) {
    if (wanted.has(read.row)) found.push(read)
    if (read.row >= last) break
  }
  if (found.length === countOf(rows)) return found
  throw fewerRows()
}

function fewerRows(): Faulted {
  return new Faulted('SOURCE_CHANGED', 'The file has fewer rows than were read of it before.')
}
