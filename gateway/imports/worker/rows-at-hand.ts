/**
 * The rows that a worker has read of a job: those that come next, read ahead of what is taken, and those of open batches.
 * The source is read on from where it was read to, and from another place only where that is needed. Rows may be long: what
 * is held is bounded by bytes of the source, whatever the number of rows.
 */

import type { Batch } from '../job/job.ts'
import type { Touched } from '../job/next-work.ts'
import { countOf, rowsIn } from '../job/row-spans.ts'
import type { Place } from '../source/source.ts'
import { Faulted } from './faulted.ts'
import type { OpenSource } from './open-source.ts'
import type { Meant, ReadRow } from './read-row.ts'

export interface RowsAtHand extends AsyncDisposable {
  /**
   * So many rows behind a place, and those that go with them, of so many that there are left; fewer where they are long, but
   * for rows that are written as a whole. Rejects with Faulted where there are fewer left, or a whole is too large.
   */
  next(from: Place, count: number, left: number, isWhole?: boolean): Promise<readonly ReadRow[]>
  /** The rows of an open batch. Rejects with Faulted where the source has them no more. */
  of(batch: Batch): Promise<readonly ReadRow[]>
  /** What all of these batches touch. */
  held(open: readonly Batch[]): Promise<Touched>
  /** Rows that are in none of these batches are let go of. */
  keep(open: readonly Batch[]): void
}

const MEBIBYTE = 1024 * 1024
/** Of a batch, but for the row that goes beyond and those that go with it. */
const BATCH_BYTES_MAX = 2 * MEBIBYTE
/** Of rows that are written as a whole: a system takes no larger message than it can hold in memory. */
const WHOLE_BYTES_MAX = 16 * MEBIBYTE
/** Of batches that wait: the rows of further ones are read again when they are sent. */
const WAITING_BYTES_MAX = 4 * MEBIBYTE

export function rowsAtHand(source: Pick<OpenSource, 'rows'>): RowsAtHand {
  const ofBatches = new Map<number, ReadRow>()
  /** By the numbers of open batches. */
  const touched = new Map<number, Meant['touches']>()
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

  /** Of batches that wait, the first ones keep their rows; of the others it is known what they touch. */
  const letGo = (open: readonly Batch[]): void => {
    let bytes = 0
    for (const batch of open) {
      if (batch.sending.status === 'SENT') continue
      const own = rowsIn(batch.rows).flatMap((one) => ofBatches.get(one) ?? [])
      bytes += bytesOf(batch, own)
      if (bytes <= WAITING_BYTES_MAX) continue
      if (own.length === countOf(batch.rows)) touched.set(batch.number, touchedBy(own))
      for (const { row: one } of own) ofBatches.delete(one)
    }
  }

  return {
    of,
    async next(from, count, left, isWhole = false) {
      const rows = await startAt(from)
      const bytesMax = isWhole ? WHOLE_BYTES_MAX : BATCH_BYTES_MAX
      const isFull = (last: ReadRow | undefined) => last !== undefined && last.next.byte - from.byte >= bytesMax
      const readOn = async (wanted: number) => {
        const further: ReadRow[] = []
        while (ahead.length + further.length < wanted) {
          const read = await rows.next()
          if (read.done === true) throw fewerRows()
          further.push(read.value)
          row += 1
          if (isFull(read.value)) break
        }
        if (further.length > 0) ahead = [...ahead, ...further]
      }
      const wanted = Math.min(count, left)
      if (!isFull(ahead.at(-1))) await readOn(wanted)
      const full = ahead.findIndex(isFull)
      let end = Math.min(wanted, full === -1 ? ahead.length : full + 1)
      if (isWhole && end < wanted) throw tooLarge()
      for (; end < left; end += 1) {
        await readOn(end + 1)
        if (ahead[end]?.content.kind !== 'WITH') break
      }
      return ahead.slice(0, end)
    },
    async held(open) {
      const writes: string[] = []
      const refers: string[] = []
      for (const batch of open) {
        const touches = touched.get(batch.number) ?? touchedBy(await of(batch))
        touched.set(batch.number, touches)
        writes.push(...touches.writes)
        refers.push(...touches.refers)
      }
      return { writes, refers }
    },
    keep(open) {
      const wanted = new Set(open.flatMap(({ rows }) => rowsIn(rows)))
      for (const read of ahead) if (wanted.has(read.row)) ofBatches.set(read.row, read)
      for (const one of ofBatches.keys()) if (!wanted.has(one)) ofBatches.delete(one)
      const numbers = new Set(open.map(({ number }) => number))
      for (const one of touched.keys()) if (!numbers.has(one)) touched.delete(one)
      letGo(open)
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

/** No fewer than they have: there may be others between them. */
function bytesOf({ from }: Batch, rows: readonly ReadRow[]): number {
  return (rows.at(-1)?.next.byte ?? from.byte) - from.byte
}

function touchedBy(rows: readonly ReadRow[]): Meant['touches'] {
  const all = rows.flatMap(({ content }) => ('touches' in content ? [content.touches] : []))
  return { writes: all.flatMap(({ writes }) => writes), refers: all.flatMap(({ refers }) => refers) }
}

function tooLarge(): Faulted {
  const size = `${WHOLE_BYTES_MAX / MEBIBYTE} MiB`
  return new Faulted(
    'TOO_LARGE',
    `Rows that are written all or none have ${size} together at most. Set a smaller batchSize, or atomicity to ROW.`,
  )
}

function fewerRows(): Faulted {
  return new Faulted('SOURCE_CHANGED', 'The file has fewer rows than were read of it before.')
}
