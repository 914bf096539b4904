/** The whole source, read once: how many rows it has, and which of them mean the same record as others. */

import type { Clock } from '../../coordinator/environment.ts'
import type { FailureReason } from '../failures/failed-row.ts'
import type { Job } from '../job/job.ts'
import type { OpenSource } from './open-source.ts'
import { createDuplicates, type SetAside } from './set-aside.ts'

export interface Scan {
  readonly rows: number
  readonly setAside: SetAside
  /** The rows right behind the place where reading goes on that are at fault together with rows before it. */
  readonly spoilt: Spoilt | null
}

export interface Spoilt {
  /** Up to this row. */
  readonly to: number
  readonly reasons: readonly FailureReason[]
}

export interface ScanOptions {
  readonly clock: Pick<Clock, 'now' | 'soon'>
  readonly signal: AbortSignal
  /** Told from time to time how many bytes of the stored file are read; whether to go on. */
  readonly onProgress: (bytes: number) => Promise<boolean>
}

const TELL_EVERY_MS = 1_000
/** Others have the process after so many rows. */
const ROWS_AT_A_TIME = 100

/** Null where it was told to stop. Rejects as reading does. */
export async function scanSource(
  source: Pick<OpenSource, 'rows' | 'begin'>,
  { definition, taken }: Pick<Job, 'definition' | 'taken'>,
  { clock, signal, onProgress }: ScanOptions,
): Promise<Scan | null> {
  const found = createDuplicates(definition.duplicates)
  let spoilt = null as Spoilt | null
  let rows = 0
  let toldAt = clock.now()
  for await (const { row, content, storedBytes } of source.rows(source.begin)) {
    rows += 1
    const isNext = row === (spoilt?.to ?? taken.place.rows) + 1
    if (isNext && content.kind === 'FAULTY' && content.isJoint) spoilt = { to: row, reasons: content.reasons }
    if ('record' in content && content.record !== null) found.add(row, content.record)
    if (rows % ROWS_AT_A_TIME !== 0) continue
    await new Promise<void>((resolve) => clock.soon(resolve))
    if (signal.aborted) return null
    if (clock.now() - toldAt < TELL_EVERY_MS) continue
    if (!(await onProgress(storedBytes))) return null
    toldAt = clock.now()
  }
  return { rows, setAside: { has: found.has }, spoilt }
}
