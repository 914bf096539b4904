/** Jobs for tests: begun, brought to where a test begins, and told what happens. */

import type { TransactionId } from '../../../schema/record.ts'
import type { Place } from '../source/source.ts'
import { decide } from './decide.ts'
import type { JobDefinition } from './definition.ts'
import type { AdministratorEvent, BatchTaken, Decision, JobEvent, RefusalCode, WorkerEvent } from './event.ts'
import { type Job, type JobId, newJob } from './job.ts'
import type { RowFailure, RowOutcome, RowResult } from './outcome.ts'

export const NOW = 1_700_000_000_000
/** Bytes of each row of the files here. */
export const ROW_BYTES = 10

export function definition(options: Partial<JobDefinition> = {}): JobDefinition {
  return {
    target: { kind: 'ENTITY', entity: 'Customer' },
    source: { kind: 'UPLOAD', uploadId: 'upload' },
    ...{ format: {}, columns: {}, operation: 'UPSERT', atomicity: 'ROW', batchRows: null, maxFailures: null },
    ...{
      matchBy: null,
      duplicates: 'FAIL',
      mode: 'COMMIT',
      idempotencyKey: null,
      planHash: null,
      retryOf: null,
      after: null,
    },
    actor: 'ada',
    ...options,
  }
}

export const idOf = (name: string) => name as JobId

export function placeAfter(rows: number): Place {
  return { byte: rows * ROW_BYTES, line: rows + 1, rows }
}

/** The job after events that it takes. */
export function following(job: Job, ...events: readonly JobEvent[]): Job {
  return events.reduce((before, event) => {
    const decision = decide(before, event)
    if (!decision.decided) throw new Error(`${event.event} was refused: ${decision.refusal}`)
    return decision.job
  }, job)
}

export function refusalOf(decision: Decision): RefusalCode | null {
  return decision.decided ? null : decision.refusal
}

export const waiting = (options: Partial<JobDefinition> = {}) =>
  newJob({ id: idOf('job'), definition: definition(options), at: NOW })

export const uploaded = (rows: number): AdministratorEvent => ({
  event: 'UPLOADED',
  sizeBytes: rows * ROW_BYTES,
  at: NOW,
})
export const started: WorkerEvent = { event: 'STARTED', at: NOW }
export const validated = (rows: number): WorkerEvent => ({ event: 'VALIDATED', rows, format: null, at: NOW })

export const queued = (rows: number, options: Partial<JobDefinition> = {}) =>
  following(waiting(options), uploaded(rows))
export const running = (rows: number, options: Partial<JobDefinition> = {}) =>
  following(queued(rows, options), started, validated(rows))

export function numbersTo(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

/** The next rows of the job up to `last`, all of them sent but those whose outcome is known. */
export function taking(job: Job, last: number, settled: readonly RowOutcome[] = []): BatchTaken {
  const known = new Set(settled.map(({ row }) => row))
  return {
    ...{ event: 'BATCH_TAKEN', batch: job.batches + 1, to: placeAfter(last), bytes: last * ROW_BYTES },
    sent: numbersTo(job.taken.place.rows + 1, last).filter((row) => !known.has(row)),
    ...{ settled, at: NOW },
  }
}

export const created = (row: number): RowResult => ({
  ...{ row, outcome: 'CREATED', id: `id ${row}`, changedFields: [] },
  transaction: `transaction of ${row}` as TransactionId,
})

export function failed(row: number, code = 'VALIDATION', field: string | null = 'name'): RowFailure {
  const reasons = [{ code, field, system: null, message: `${code} of row ${row}` }]
  return { row, outcome: 'FAILED', reasons, uploaded: { kind: 'CELLS', cells: [String(row)] } }
}

export const refused = (row: number): RowResult => ({ ...failed(row), retryable: false })
export const locked = (row: number): RowResult => ({ ...failed(row, 'LOCKED', null), retryable: true })

export function ending(batch: number, results: readonly RowResult[], at = NOW): WorkerEvent {
  return { event: 'BATCH_ENDED', batch, results, durationMs: 250, at }
}

export function refusing(
  batch: number,
  retryable: boolean,
  at = NOW,
): Extract<WorkerEvent, { event: 'BATCH_REFUSED' }> {
  const reasons = [{ code: 'SYSTEM_UNAVAILABLE', field: null, system: 'ERP', message: 'away' } as const]
  return { event: 'BATCH_REFUSED', batch, retryable, reasons, at }
}
