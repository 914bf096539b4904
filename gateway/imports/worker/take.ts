/** Which of the rows that come next are taken together, and what becomes of those that are not sent. Pure. */

import type { BatchTaken } from '../job/event.ts'
import { isOneBatch, type Job } from '../job/job.ts'
import { type Touched, takeable } from '../job/next-work.ts'
import type { RowOutcome } from '../job/outcome.ts'
import { type ReadRow, TOUCHES_NOTHING } from './read-row.ts'
import type { Spoilt } from './scan.ts'
import type { SetAside } from './set-aside.ts'

export interface Taking {
  readonly job: Job
  /** The next rows of the source, as many as may be taken. */
  readonly next: readonly ReadRow[]
  readonly setAside: SetAside
  /** Left out: none are. */
  readonly spoilt?: Spoilt | null
  /** What open batches touch. */
  readonly held: Touched
}

/** Null where the first row has to wait for an open batch. */
export function taken({ job, next, setAside, spoilt = null, held }: Taking): Omit<BatchTaken, 'event' | 'at'> | null {
  const settledFirsts = new Map<number, RowOutcome | null>()
  const candidates = next.map((read) => {
    const { row, content } = read
    const outcome =
      content.kind === 'WITH'
        ? outcomeWith(read, settledFirsts.get(content.first))
        : (outcomeOfSpoilt(read, spoilt) ?? outcomeOf(read, setAside))
    settledFirsts.set(row, outcome)
    const touches = outcome === null && 'touches' in content ? content.touches : TOUCHES_NOTHING
    return { row, read, outcome, ...touches }
  })
  const together = isOneBatch(job) ? candidates : takeable(candidates, next.length, held)
  const last = together.at(-1)
  if (last === undefined) return null
  const settled = together.flatMap(({ outcome }) => outcome ?? [])
  const sent = together.flatMap(({ row, outcome }) => (outcome === null ? [row] : []))
  const isSpoilt = job.definition.atomicity === 'BATCH' && settled.some(({ outcome }) => outcome === 'FAILED')
  return {
    // In a zipped file the nearest known place may be one further back than another reading knew.
    ...{ batch: job.batches + 1, to: last.read.next, bytes: Math.max(job.taken.bytes, last.read.storedBytes) },
    sent: isSpoilt ? [] : sent,
    settled: isSpoilt ? [...settled, ...sent.map((row): RowOutcome => ({ row, outcome: 'NOT_ATTEMPTED' }))] : settled,
  }
}

/** As the row that it goes with. */
function outcomeWith({ row, uploaded }: ReadRow, first: RowOutcome | null | undefined): RowOutcome | null {
  return first == null ? null : first.outcome === 'FAILED' ? { ...first, row, uploaded } : { ...first, row }
}

/** Null for a row with a fault of its own, and for one that is not at fault with others. */
function outcomeOfSpoilt({ row, content, uploaded }: ReadRow, spoilt: Spoilt | null): RowOutcome | null {
  if (spoilt === null || row > spoilt.to || content.kind === 'FAULTY') return null
  return { row, outcome: 'FAILED', reasons: spoilt.reasons, uploaded }
}

/** Null for a row that is sent. */
function outcomeOf({ row, content, uploaded }: ReadRow, setAside: SetAside): RowOutcome | null {
  const isAside = setAside.has(row)
  if (isAside && setAside.reason === null) return { row, outcome: 'SKIPPED' }
  if (content.kind === 'FAULTY') return { row, outcome: 'FAILED', reasons: content.reasons, uploaded }
  return isAside && setAside.reason !== null ? { row, outcome: 'FAILED', reasons: [setAside.reason], uploaded } : null
}
