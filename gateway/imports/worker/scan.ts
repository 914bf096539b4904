/** The whole source, read once: how many rows it has, and which of them mean the same record as others. */

import type { Clock } from '../../coordinator/environment.ts'
import type { FailureReason } from '../failures/failed-row.ts'
import type { Job } from '../job/job.ts'
import type { OpenSource } from './open-source.ts'
import type { RowContent } from './read-row.ts'
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
  source: Pick<OpenSource, 'rows' | 'begin' | 'joins'>,
  { definition, taken }: Pick<Job, 'definition' | 'taken'>,
  { clock, signal, onProgress }: ScanOptions,
): Promise<Scan | null> {
  // Of rows that give parts of one record in several places, none stands for all of them.
  const rule = source.joins ? 'FAIL' : definition.duplicates
  const found = createDuplicates(rule)
  let spoilt = null as Spoilt | null
  let rows = 0
  let toldAt = clock.now()
  for await (const { row, content, storedBytes } of source.rows(source.begin)) {
    rows += 1
    const isNext = row === (spoilt?.to ?? taken.place.rows) + 1
    if (isNext && content.kind === 'FAULTY' && content.isJoint) spoilt = { to: row, reasons: content.reasons }
    const record = recordOf(content)
    if (record !== null) found.add(row, record)
    if (rows % ROWS_AT_A_TIME !== 0) continue
    await new Promise<void>((resolve) => clock.soon(resolve))
    if (signal.aborted) return null
    if (clock.now() - toldAt < TELL_EVERY_MS) continue
    if (!(await onProgress(storedBytes))) return null
    toldAt = clock.now()
  }
  const reason = rule === 'FAIL' ? (source.joins ? APART : DUPLICATE) : null
  return { rows, setAside: { has: found.has, reason }, spoilt }
}

/** Of a row at fault as well, so that which row is taken is the same whoever finds its fault. */
function recordOf(content: RowContent): string | null {
  switch (content.kind) {
    case 'FAULTY':
      return content.among
    case 'WITH':
      return null
    default:
      return content.record
  }
}

const DUPLICATE: FailureReason = {
  ...{ code: 'DUPLICATE', field: null, system: null },
  message: 'Several rows of the file mean this record, and none of them is written.',
}

const APART: FailureReason = {
  ...DUPLICATE,
  message:
    'Rows of this record stand in several places of the file, and none of them is written: let them follow each other.',
}
