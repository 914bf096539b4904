/** Why a job cannot go on, thrown where that is found. */

import type { JobFault } from '../job/job.ts'
import { SourceError } from '../source/source.ts'

export class Faulted extends Error {
  readonly fault: JobFault

  constructor(code: string, message: string) {
    super(message)
    this.name = 'Faulted'
    this.fault = { code, message }
  }
}

/** Null for an error that says nothing of the job, and may pass. */
export function faultOf(error: unknown): JobFault | null {
  if (error instanceof Faulted) return error.fault
  if (error instanceof SourceError) return { code: error.code, message: error.message }
  return isNoFile(error) ? { code: 'SOURCE_GONE', message: 'The file of this import is gone.' } : null
}

/** Files are all that a worker opens by their names. */
function isNoFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
