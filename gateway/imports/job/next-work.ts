/**
 * What a worker does next for a job: a pure function of the job and of what the worker is about already. A worker that
 * has just taken over has nothing in hand, so it begins with the batches that its predecessor may have sent.
 */

import type { Place } from '../source/source.ts'
import { type Batch, isEnding, isOver, type Job } from './job.ts'

export type Work =
  /** Nobody has begun: tell STARTED. */
  | { readonly work: 'START' }
  | { readonly work: 'VALIDATE' }
  /** Send it under its key. Where it waits, tell BATCH_SENT before. */
  | { readonly work: 'SEND'; readonly batch: Batch }
  /** Take at most so many rows from this place on, if they touch nothing that is held. */
  | { readonly work: 'TAKE'; readonly from: Place; readonly rowsMax: number }
  /** Until then, by the worker's clock, or until a batch in hand ends or the job changes; null: for these alone. */
  | { readonly work: 'WAIT'; readonly until: number | null }
  | { readonly work: 'NONE' }

export interface Worker {
  readonly now: number
  /** Batches that it is sending, by their numbers. */
  readonly inHand: ReadonlySet<number>
  /** Batches that it sends at once, at least 1. */
  readonly parallelMax: number
}

/** Beyond so many batches that wait, no more rows are taken: what keeps them waiting concerns most of the others. */
const WAITING_MAX = 16

export function nextWork(job: Job, worker: Worker): Work {
  switch (job.phase.state) {
    case 'QUEUED':
      return { work: 'START' }
    case 'VALIDATING':
      return { work: 'VALIDATE' }
    case 'RUNNING':
    case 'PAUSED':
    case 'CANCELLING':
      return nextBatch(job, worker)
    default:
      return { work: 'NONE' }
  }
}

function nextBatch(job: Job, { now, inHand, parallelMax }: Worker): Work {
  const left = job.open.filter(({ number }) => !inHand.has(number))
  const nothing: Work = inHand.size > 0 ? { work: 'WAIT', until: null } : { work: 'NONE' }
  const isFull = inHand.size >= parallelMax
  const sent = left.find(({ sending }) => sending.status === 'SENT')
  if (sent !== undefined) return isFull ? nothing : { work: 'SEND', batch: sent }
  if (isOver(job) || isEnding(job) || job.phase.state !== 'RUNNING') return nothing
  if (isFull) return nothing
  const due = left.find((batch) => notBefore(batch) <= now)
  if (due !== undefined) return { work: 'SEND', batch: due }
  const isMore = job.rows !== null && job.taken.place.rows < job.rows
  if (isMore && left.length < WAITING_MAX) return { work: 'TAKE', from: job.taken.place, rowsMax: job.batchRows }
  return left.length === 0 ? nothing : { work: 'WAIT', until: Math.min(...left.map(notBefore)) }
}

function notBefore({ sending }: Batch): number {
  return sending.status === 'WAITING' ? sending.notBefore : Number.NEGATIVE_INFINITY
}

/** Records, each under some name: those that are written, and those that only have to be there. */
export interface Touched {
  readonly writes: Iterable<string>
  readonly refers: Iterable<string>
}

/** A row that may be taken. It touches nothing where its outcome needs no sending. */
export interface Candidate extends Touched {
  readonly row: number
}

/**
 * The rows to be taken together: the first ones, as many as may be, of which none has to wait for another of them or for an
 * open batch (sent or waiting: `held` are the records of all of them). A row waits for what writes a record that it
 * touches, and for what refers to a record that it writes. So rows of the same record are written in the order of the
 * file, and no two batches ever wait for each other. Empty where the first has to wait. Not for a job that is one batch:
 * of its rows, those of the same record fail before.
 */
export function takeable<C extends Candidate>(candidates: readonly C[], rowsMax: number, held: Touched): readonly C[] {
  const [written, referred] = [new Set(held.writes), new Set(held.refers)]
  const waits = ({ writes, refers }: C) =>
    [...writes].some((record) => written.has(record) || referred.has(record)) ||
    [...refers].some((record) => written.has(record))
  const end = candidates.slice(0, rowsMax).findIndex((candidate) => {
    if (waits(candidate)) return true
    for (const record of candidate.writes) written.add(record)
    for (const record of candidate.refers) referred.add(record)
    return false
  })
  return candidates.slice(0, end === -1 ? rowsMax : end)
}
