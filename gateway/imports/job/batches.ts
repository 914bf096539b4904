/** What becomes of a job's batches: taken, sent, ended, refused, split, and made anew of rows that come again. */

import type { FailureReason } from '../failures/failed-row.ts'
import type { BatchEnded, BatchRefused, BatchTaken } from './event.ts'
import { type Batch, isEnding, isOneBatch, type Job, type Sending } from './job.ts'
import { type KeptOutcome, notAttempted, type RowFailure, type RowOutcome, type RowResult } from './outcome.ts'
import { adaptedBatchRows, comesAgain, pauseMs } from './policy.ts'
import { areRowsOf, countOf, type RowSpan, rowsIn, spansOf } from './row-spans.ts'
import { changed, refused, type Step } from './step.ts'

export function batchTaken(job: Job, { batch: number, to, bytes, sent, settled }: BatchTaken): Step {
  if (number !== job.batches + 1) return refused('UNKNOWN_BATCH')
  const first = job.taken.place.rows + 1
  const isFitting =
    job.rows !== null &&
    to.rows >= first &&
    to.rows <= job.rows &&
    bytes >= job.taken.bytes &&
    areRowsOf([[first, to.rows]], [...sent, ...settled.map(({ row }) => row)])
  if (!isFitting) return refused('WRONG_ROWS')
  if (isOneBatch(job) && to.rows < (job.rows ?? 0)) return refused('NOT_ATOMIC')
  if (sent.length > 0 && isAtomic(job) && settled.some(({ outcome }) => outcome === 'FAILED')) {
    return refused('NOT_ATOMIC')
  }
  const batch: Batch = {
    ...{ number, attempt: 0, round: 0, from: job.taken.place },
    rows: spansOf(sent.toSorted((one, other) => one - other)),
    bytes: bytes - job.taken.bytes,
    sending: { status: 'SENT' },
  }
  const open = sent.length > 0 ? [...job.open, batch] : job.open
  return changed(
    { ...job, open, batches: number, taken: { place: to, bytes } },
    settled.map((outcome) => ({ batch: null, outcome })),
  )
}

/** Saying it twice is saying it once. */
export function batchSent(job: Job, number: number): Step {
  const batch = openBatch(job, number)
  if (batch === undefined) return refused('UNKNOWN_BATCH')
  return changed({ ...job, open: replaced(job, batch, [{ ...batch, sending: { status: 'SENT' } }]) })
}

export function batchEnded(job: Job, { batch: number, results, durationMs, at }: BatchEnded): Step {
  const batch = openBatch(job, number)
  if (batch === undefined || batch.sending.status !== 'SENT') return refused('UNKNOWN_BATCH')
  const rows = results.map(({ row }) => row)
  if (!areRowsOf(batch.rows, rows)) return refused('WRONG_ROWS')
  if (isAtomic(job) && isTorn(results)) return refused('NOT_ATOMIC')
  const isNearer = comesNearer(results)
  const failures = isNearer ? 0 : batch.round
  const again = new Set(isEnding(job) || !comesAgain(failures) ? [] : comingAgain(job, results))
  const outcomes = results.filter(({ row }) => !again.has(row)).map((result) => keptOf(batch, result))
  const rest =
    again.size === 0
      ? []
      : [
          remainder(
            job,
            batch,
            results.filter(({ row }) => again.has(row)),
            { failures, notBefore: isNearer ? at : at + pauseMs(failures + 1) },
          ),
        ]
  return changed(
    {
      ...job,
      open: replaced(job, batch, rest),
      batches: job.batches + rest.length,
      batchRows: isAdaptive(job) ? adaptedBatchRows(job.batchRows, results.length, durationMs) : job.batchRows,
    },
    outcomes,
  )
}

export function batchRefused(job: Job, { batch: number, retryable, reasons, firstHalf, at }: BatchRefused): Step {
  const batch = openBatch(job, number)
  if (batch === undefined || batch.sending.status !== 'SENT') return refused('UNKNOWN_BATCH')
  if (isEnding(job)) return changed({ ...job, open: replaced(job, batch, []) }, notAttempted(batch))
  if (retryable) {
    const attempt = batch.attempt + 1
    const sending = waiting(at + pauseMs(attempt), reasons)
    return changed({ ...job, open: replaced(job, batch, [{ ...batch, attempt, sending }]) })
  }
  const count = countOf(batch.rows)
  const half = firstHalf ?? Math.ceil(count / 2)
  if (half < 1 || half >= count || isAtomic(job)) return refused('INDIVISIBLE')
  return changed({
    ...job,
    open: replaced(job, batch, halves(job, batch, half, waiting(at, reasons))),
    batches: job.batches + 2,
    batchRows: isAdaptive(job) ? Math.min(job.batchRows, half) : job.batchRows,
  })
}

function openBatch(job: Job, number: number): Batch | undefined {
  return job.open.find((batch) => batch.number === number)
}

/** What comes of a batch takes its place: it is older than what follows. */
function replaced(job: Job, batch: Batch, by: readonly Batch[]): readonly Batch[] {
  return job.open.flatMap((one) => (one === batch ? by : [one]))
}

function isAtomic({ definition }: Job): boolean {
  return definition.atomicity === 'BATCH'
}

function isAdaptive({ definition }: Job): boolean {
  return definition.batchRows === null && definition.atomicity === 'ROW'
}

const WRITTEN: ReadonlySet<RowOutcome['outcome']> = new Set(['CREATED', 'UPDATED', 'DELETED'])

function isTorn(results: readonly RowResult[]): boolean {
  const isLeftOut = ({ outcome }: RowResult) => outcome === 'FAILED' || outcome === 'NOT_ATTEMPTED'
  return results.some(isLeftOut) && results.some(({ outcome }) => WRITTEN.has(outcome))
}

/** Those that failed for a reason that passes; of a batch that stays together, all or none. */
function comingAgain(job: Job, results: readonly RowResult[]): readonly number[] {
  const failed = results.filter((result) => result.outcome === 'FAILED')
  const passing = failed.filter(({ retryable }) => retryable)
  if (!isAtomic(job)) return passing.map(({ row }) => row)
  return passing.length > 0 && passing.length === failed.length ? results.map(({ row }) => row) : []
}

function keptOf({ number: batch }: Batch, result: RowResult): KeptOutcome {
  if (result.outcome !== 'FAILED') return { batch, outcome: result }
  const { row, outcome, reasons, uploaded } = result
  return { batch, outcome: { row, outcome, reasons, uploaded } satisfies RowFailure }
}

/**
 * Rows may stand in each other's way, as orders of one customer do: while some of them are written each time, the others
 * come nearer, and need not wait for anybody else.
 */
function comesNearer(results: readonly RowResult[]): boolean {
  return results.some(({ outcome }) => WRITTEN.has(outcome))
}

function remainder(
  job: Job,
  batch: Batch,
  again: readonly RowResult[],
  { failures, notBefore }: { readonly failures: number; readonly notBefore: number },
): Batch {
  const round = failures + 1
  const rows = again.map(({ row }) => row).toSorted((one, other) => one - other)
  const reasons = again.flatMap((result) => (result.outcome === 'FAILED' ? result.reasons : []))
  const sending = waiting(notBefore, reasons)
  return part(batch, spansOf(rows), { number: job.batches + 1, round, sending })
}

const REASONS_MAX = 5

function waiting(notBefore: number, reasons: readonly FailureReason[]): Sending {
  return { status: 'WAITING', notBefore, reasons: reasons.slice(0, REASONS_MAX) }
}

function halves(job: Job, batch: Batch, half: number, sending: Sending): readonly Batch[] {
  const rows = rowsIn(batch.rows)
  return [rows.slice(0, half), rows.slice(half)].map((some, index) =>
    part(batch, spansOf(some), {
      number: job.batches + 1 + index,
      ...{ round: batch.round, sending },
    }),
  )
}

function part(batch: Batch, rows: readonly RowSpan[], as: Pick<Batch, 'number' | 'round' | 'sending'>): Batch {
  const bytes = Math.round((batch.bytes * countOf(rows)) / countOf(batch.rows))
  return { ...as, attempt: 0, rows, from: batch.from, bytes }
}
