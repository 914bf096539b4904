/** What became of a job, for a person. Pure. */

import type { FailureGroup, ImportJob, Outcomes } from '../import-job.ts'
import { count, duration, printable, rows, stateOf, targetOf } from './words.ts'

const OUTCOMES: readonly (readonly [keyof Outcomes, string])[] = [
  ['created', 'created'],
  ['updated', 'updated'],
  ['unchanged', 'unchanged'],
  ['deleted', 'deleted'],
  ['skipped', 'skipped'],
  ['failed', 'failed'],
  ['notAttempted', 'not attempted'],
]

const GROUPS_MAX = 10

/** Without a line break at its end. */
export function summary(job: ImportJob): string {
  return [headline(job), ...outcomeLines(job), ...failureLines(job.failureGroups), ...planLines(job)].join('\n')
}

function headline(job: ImportJob): string {
  const { progress, startedAt, endedAt, fault, mode } = job
  const seconds = startedAt === null || endedAt === null ? null : (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000
  const size = progress.total === null ? '' : `: ${rows(progress.total)}`
  const time = seconds === null ? '' : ` in ${duration(seconds)}`
  const trial = mode === 'DRY_RUN' ? ', and nothing was written: this was a dry run' : ''
  const why = fault === null ? '' : `\n${printable(fault.message)} (${fault.code})`
  return `${stateOf(job)}${size}${time}${trial}${why}`
}

function outcomeLines({ outcomes }: ImportJob): readonly string[] {
  const told = OUTCOMES.filter(([outcome]) => outcomes[outcome] > 0)
  const width = Math.max(...told.map(([outcome]) => count(outcomes[outcome]).length))
  return told.map(([outcome, name]) => `  ${count(outcomes[outcome]).padStart(width)} ${name}`)
}

function failureLines(groups: readonly FailureGroup[]): readonly string[] {
  if (groups.length === 0) return []
  const told = groups
    .slice(0, GROUPS_MAX)
    .flatMap(({ code, field, rows: number, samples: [sample] }) => [
      `  ${rows(number)}: ${code}${field === null ? '' : ` ${printable(field)}`}`,
      ...(sample === undefined ? [] : [`    row ${count(sample.row)}: ${printable(sample.message)}`]),
    ])
  const untold = groups.length - GROUPS_MAX
  return ['Failures', ...told, ...(untold > 0 ? [`  and ${count(untold)} more kinds`] : [])]
}

function planLines({ planHash, mode }: ImportJob): readonly string[] {
  return mode === 'DRY_RUN' && planHash !== null ? [`To write just this: --plan-hash ${planHash}`] : []
}

/** One line of a list of jobs. */
export function jobLine(job: ImportJob): string {
  const { id, createdAt, progress, outcomes } = job
  const size = progress.total === null ? '' : `, ${count(progress.done)} of ${rows(progress.total)}`
  const failed = outcomes.failed === 0 ? '' : `, ${count(outcomes.failed)} failed`
  return `${id}  ${createdAt}  ${targetOf(job)}  ${stateOf(job)}${size}${failed}`
}
