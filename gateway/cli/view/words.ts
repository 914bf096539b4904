/** Numbers, times and jobs in words. */

import type { ImportJob, JobState } from '../import-job.ts'

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** 1234567 is `1,234,567`. */
export const count = (number: number): string => WHOLE.format(number)

export const rows = (number: number): string => `${count(number)} ${number === 1 ? 'row' : 'rows'}`

/** `0:07`, `12:34`, `1:02:03`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (number: number) => String(number).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

const STATES: Readonly<Record<JobState, string>> = {
  AWAITING_UPLOAD: 'Waiting for its file',
  QUEUED: 'Queued',
  VALIDATING: 'Checking',
  RUNNING: 'Importing',
  PAUSED: 'Paused',
  CANCELLING: 'Cancelling',
  COMPLETED: 'Completed',
  COMPLETED_WITH_FAILURES: 'Completed with failures',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
  EXPIRED: 'Expired',
}

export function stateOf({ state, mode }: Pick<ImportJob, 'state' | 'mode'>): string {
  return state === 'RUNNING' && mode === 'DRY_RUN' ? 'Trying out' : STATES[state]
}

export function targetOf({ entity, native }: Pick<ImportJob, 'entity' | 'native'>): string {
  return native === null ? (entity ?? '') : `${native.system}:${native.table}`
}

/** What a file holds may be in a message, and must not steer the terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ')
}
