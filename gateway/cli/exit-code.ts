/** What the process ends with. */

import { type ImportJob, isOver } from './import-job.ts'

export const EXIT = {
  done: 0,
  /** The job, or Lockstep itself. */
  failed: 1,
  usage: 2,
  someRowsFailed: 3,
  /** As shells have it for who is stopped by Ctrl-C. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Of a job that was followed to its end. */
export function exitCodeOf(job: ImportJob): ExitCode {
  if (!isOver(job)) return EXIT.failed
  switch (job.state) {
    case 'COMPLETED':
      return EXIT.done
    case 'COMPLETED_WITH_FAILURES':
      return EXIT.someRowsFailed
    case 'FAILED':
    case 'CANCELLED':
    case 'EXPIRED':
      return EXIT.failed
  }
}
