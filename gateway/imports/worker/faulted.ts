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
  return error instanceof SourceError ? { code: error.code, message: error.message } : null
}
