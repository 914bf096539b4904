/** An import job as the API tells it, as far as the client asks. */

export type EndState = 'COMPLETED' | 'COMPLETED_WITH_FAILURES' | 'FAILED' | 'CANCELLED' | 'EXPIRED'

export type JobState = 'AWAITING_UPLOAD' | 'QUEUED' | 'VALIDATING' | 'RUNNING' | 'PAUSED' | 'CANCELLING' | EndState

/** Times are ISO 8601, in UTC. */
export interface ImportJob {
  readonly id: string
  readonly state: JobState
  readonly entity: string | null
  readonly native: { readonly system: string; readonly table: string } | null
  readonly operation: string
  readonly mode: 'COMMIT' | 'DRY_RUN'
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly fault: { readonly code: string; readonly message: string } | null
  readonly progress: Progress
  readonly outcomes: Outcomes
  readonly failureGroups: readonly FailureGroup[]
  readonly planHash: string | null
  readonly failuresUrl: string
  readonly resultsUrl: string
  /** The job whose failed rows these are, or that is taken back. */
  readonly retryOf: string | null
  readonly undoOf: string | null
}

export interface Progress {
  /** Null before the file was checked. */
  readonly total: number | null
  readonly done: number
  /** From 0 to 100; null before it is known of how much. */
  readonly percent: number | null
  /** Of the reading before the first row is written. */
  readonly checkedPercent: number | null
  readonly rowsPerSecond: number
  /** Seconds; null where it cannot be told. */
  readonly eta: number | null
}

export interface Outcomes {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly deleted: number
  readonly skipped: number
  readonly failed: number
  readonly notAttempted: number
}

/** Failed rows that fail alike. */
export interface FailureGroup {
  readonly code: string
  readonly field: string | null
  readonly rows: number
  readonly samples: readonly { readonly row: number; readonly message: string }[]
}

export const JOB_FIELDS = `
  id state entity native { system table } operation mode createdAt startedAt endedAt
  fault { code message }
  progress { total done percent checkedPercent rowsPerSecond eta }
  outcomes { created updated unchanged deleted skipped failed notAttempted }
  failureGroups { code field rows samples { row message } }
  planHash failuresUrl resultsUrl retryOf undoOf
`

const END_STATES: ReadonlySet<string> = new Set<EndState>([
  ...(['COMPLETED', 'COMPLETED_WITH_FAILURES', 'FAILED', 'CANCELLED', 'EXPIRED'] as const),
])

export function isOver(job: ImportJob): job is ImportJob & { readonly state: EndState } {
  return END_STATES.has(job.state)
}
