/**
 * Who is told of a job, and how: a person at a terminal by a bar, a log by lines, a machine by JSON. Results go to
 * standard output, what happens meanwhile to standard error.
 */

import { type ImportJob, isOver } from './import-job.ts'
import type { Reason } from './refusal.ts'
import { isNews, progressBar, progressLine } from './view/progress.ts'
import { jobLine, summary } from './view/summary.ts'
import { printable } from './view/words.ts'

export interface Output {
  write(text: string): void
  /** How wide the terminal is now; null where it is none. */
  readonly columns: () => number | null
}

export interface Outputs {
  readonly stdout: Output
  readonly stderr: Output
}

export interface Reporter {
  /** Something that a person may like to know. */
  note(text: string): void
  /** Something that holds up what was asked, or no longer does. */
  warned(text: string): void
  /** A job that was begun or changed, and goes on without being followed. */
  accepted(job: ImportJob): void
  progress(job: ImportJob): void
  /** How a job is, at the end of what was asked. */
  told(job: ImportJob): void
  listed(jobs: readonly ImportJob[]): void
  refused(reasons: readonly Reason[]): void
}

export function createReporter(outputs: Outputs, json: boolean): Reporter {
  if (json) return forMachines(outputs)
  return outputs.stderr.columns() === null ? forLogs(outputs) : forTerminals(outputs)
}

function forMachines({ stdout, stderr }: Outputs): Reporter {
  const line = (value: object) => stdout.write(`${JSON.stringify(value)}\n`)
  return {
    note: () => undefined,
    warned: (text) => tell(stderr, text),
    accepted: line,
    progress: (job) => (isOver(job) ? undefined : line(job)),
    told: line,
    listed: (jobs) => jobs.forEach(line),
    refused: (reasons) => {
      line({ errors: reasons })
      tellReasons(stderr, reasons)
    },
  }
}

function forLogs({ stdout, stderr }: Outputs): Reporter {
  let told: ImportJob | null = null
  return {
    ...forPersons(stdout, stderr),
    progress(job) {
      if (isOver(job) || !isNews(told, job)) return
      told = job
      stderr.write(`${progressLine(job)}\n`)
    },
  }
}

/** To the beginning of the line, and away with what stands there. */
const ERASE = '\r\u001b[K'

function forTerminals({ stdout, stderr }: Outputs): Reporter {
  let isDrawn = false
  const erase = () => {
    if (isDrawn) stderr.write(ERASE)
    isDrawn = false
  }
  const { note, warned, accepted, told, listed, refused } = forPersons(stdout, stderr)
  const below =
    <T>(tell: (what: T) => void) =>
    (what: T) => {
      erase()
      tell(what)
    }
  return {
    ...{ note: below(note), warned: below(warned), accepted: below(accepted), told: below(told) },
    ...{ listed: below(listed), refused: below(refused) },
    progress(job) {
      // A line that fills the terminal would begin another one.
      stderr.write(`${ERASE}${progressBar(job, (stderr.columns() ?? 80) - 1)}`)
      isDrawn = true
    },
  }
}

function forPersons(stdout: Output, stderr: Output): Omit<Reporter, 'progress'> {
  return {
    note: (text) => stderr.write(`${printable(text)}\n`),
    warned: (text) => tell(stderr, text),
    accepted(job) {
      stdout.write(`${job.id}\n`)
      stderr.write(`The job goes on by itself. To follow it: npx lockstep job ${job.id} --watch\n`)
    },
    told: (job) => stdout.write(`${isOver(job) ? summary(job) : progressLine(job)}\n`),
    listed: (jobs) => stdout.write(jobs.map((job) => `${jobLine(job)}\n`).join('')),
    refused: (reasons) => tellReasons(stderr, reasons),
  }
}

function tellReasons(stderr: Output, reasons: readonly Reason[]): void {
  for (const { code, message, path } of reasons) {
    const where = path.length === 0 ? '' : ` at ${path.join('.')}`
    tell(stderr, `${message} (${code}${where})`)
  }
}

function tell(stderr: Output, text: string): void {
  stderr.write(`lockstep: ${printable(text)}\n`)
}
