/** How far a job is, in one line: with a bar for a terminal, and without one for everything else. Pure. */

import type { ImportJob } from '../import-job.ts'
import { count, duration, rows, stateOf } from './words.ts'

const BAR_WIDTH_MAX = 30
const BAR_WIDTH_MIN = 5
/** `100%` */
const SHARE_WIDTH = 4
/** Two blanks before the bar, and two behind it. */
const GAPS = 4

/** As wide as fits into so many columns: the bar gives way first, then what stands at the end. */
export function progressBar(job: ImportJob, columns: number): string {
  const [state, facts, percent] = [stateOf(job), factsOf(job), percentOf(job)]
  if (percent === null) return fitting([state, ...facts], columns)
  const share = `${Math.floor(percent)}%`
  const room = columns - state.length - GAPS
  if (room < BAR_WIDTH_MIN + SHARE_WIDTH) return fitting([state, share, ...facts], columns)
  const rest = fitting([share.padStart(SHARE_WIDTH), ...facts], room - BAR_WIDTH_MIN)
  const width = Math.min(BAR_WIDTH_MAX, room - rest.length)
  const full = Math.floor((percent / 100) * width)
  return `${state}  ${'█'.repeat(full)}${'░'.repeat(width - full)}  ${rest}`
}

export function progressLine(job: ImportJob): string {
  const percent = percentOf(job)
  return [stateOf(job), ...(percent === null ? [] : [`${Math.floor(percent)}%`]), ...factsOf(job)].join(', ')
}

/** Whether a line is worth its place in a log: another state, or another tenth. `told` is the last that got one. */
export function isNews(told: ImportJob | null, job: ImportJob): boolean {
  const tenth = (one: ImportJob) => Math.floor((percentOf(one) ?? 0) / 10)
  return told === null || told.state !== job.state || tenth(told) !== tenth(job)
}

function percentOf({ state, progress }: ImportJob): number | null {
  return state === 'VALIDATING' ? progress.checkedPercent : progress.percent
}

function factsOf({ progress, outcomes }: ImportJob): readonly string[] {
  const { total, done, rowsPerSecond, eta } = progress
  return [
    ...(total === null ? [] : [`${count(done)} of ${rows(total)}`]),
    ...(rowsPerSecond > 0 ? [`${count(rowsPerSecond)} rows/s`] : []),
    ...(eta !== null && eta > 0 ? [`${duration(eta)} left`] : []),
    ...(outcomes.failed > 0 ? [`${count(outcomes.failed)} failed`] : []),
  ]
}

/** As many of the parts as fit, two blanks apart; the first one in any case, cut off where it must be. */
function fitting([first = '', ...others]: readonly string[], columns: number): string {
  let line = first.slice(0, Math.max(0, columns))
  for (const part of others) {
    if (line.length + 2 + part.length > columns) break
    line += `  ${part}`
  }
  return line
}
