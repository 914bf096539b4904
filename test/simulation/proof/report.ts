/** Reports put together, and told in lines that say what was covered. */

import type { Coverage as FaultsCoverage } from '../../faults/coverage.ts'
import type { CrashReport } from '../crash-points/crash-points.ts'
import type { Exploration } from '../exploration/explore.ts'
import { describe } from '../invariants/broken.ts'
import { noCoverage, SITUATIONS, type Situation } from '../situations.ts'
import type { DrawReport } from './draw.ts'
import type { Catch, Hunt } from './hunt.ts'

const number = (value: number) => Math.round(value).toLocaleString('en')

export function mergeDraws(reports: readonly DrawReport[]): DrawReport {
  const coverage = noCoverage()
  for (const report of reports) {
    for (const situation of SITUATIONS) coverage[situation] += report.coverage[situation]
  }
  const sum = (part: 'worlds' | 'transactions' | 'seconds') =>
    reports.reduce((total, report) => total + report[part], 0)
  return {
    from: Math.min(...reports.map(({ from }) => from)),
    ...{ worlds: sum('worlds'), transactions: sum('transactions'), seconds: sum('seconds'), coverage },
    fingerprint: reports.reduce((mixed, report) => (Math.imul(mixed, 31) + report.fingerprint) >>> 0, 0),
    failure: reports.find((report) => report.failure !== null)?.failure ?? null,
  }
}

export function mergeCrashes(reports: readonly CrashReport[]): CrashReport {
  return {
    // Each of them counts all effects of all stories.
    effects: Math.max(...reports.map(({ effects }) => effects)),
    crashes: reports.reduce((total, { crashes }) => total + crashes, 0),
    seconds: reports.reduce((total, { seconds }) => total + seconds, 0),
    isComplete: reports.every(({ isComplete }) => isComplete),
    neverMet: [...new Set(reports.flatMap(({ neverMet }) => neverMet))],
    failure: reports.find(({ failure }) => failure !== null)?.failure ?? null,
  }
}

/** Situations that no world has met. */
export function neverMet({ coverage }: DrawReport): readonly Situation[] {
  return SITUATIONS.filter((situation) => coverage[situation] === 0)
}

export function tellDraws(report: DrawReport): string {
  const { from, worlds, transactions, seconds, coverage, failure } = report
  const rarest = [...SITUATIONS].sort((one, other) => coverage[one] - coverage[other]).slice(0, 5)
  const speed = `${number(transactions / seconds)} transactions a second in each process`
  return [
    `Drawn: ${number(worlds)} worlds from seed ${from} on, ${number(transactions)} transactions, ${failure === null ? 0 : 1} failures; ${speed}.`,
    `  Of ${SITUATIONS.length} rare situations ${neverMet(report).length} were never met. The rarest:`,
    ...rarest.map((situation) => `  ${number(coverage[situation]).padStart(9)}  ${situation}`),
    ...(failure === null ? [] : [`  seed ${failure.seed} ${describe(failure.broken)}`]),
  ].join('\n')
}

export function tellExplorations(explorations: readonly Exploration[]): string {
  const states = explorations.reduce((total, exploration) => total + exploration.states, 0)
  return [
    `Explored: ${number(states)} states, breadth first.`,
    ...explorations.flatMap(({ model, states, transitions, depth, milliseconds, violation, neverReached }) => [
      `  ${number(states).padStart(9)} states, ${number(transitions).padStart(9)} transitions, ${depth} deep, ${(milliseconds / 1_000).toFixed(1)} s: ${model}`,
      ...(violation === null
        ? []
        : [`  broken: ${violation.property}`, ...violation.steps.map((step) => `    ${step}`)]),
      ...neverReached.map((situation) => `  never reached: ${situation}`),
    ]),
  ].join('\n')
}

export function tellCrashes(
  { effects, crashes, isComplete, neverMet, failure }: CrashReport,
  of: 'SINGLES' | 'PAIRS',
): string {
  const what = of === 'SINGLES' ? 'crash points' : 'pairs of crash points'
  const extent = isComplete ? `every one of the ${what}` : `${what}, not all of them`
  return [
    `Crashed: ${number(crashes)} times at ${number(effects)} effects, before and after (${extent}), ${failure === null ? 0 : 1} failures.`,
    ...neverMet.map((situation) => `  never met: ${situation}`),
    ...(failure === null
      ? []
      : [`  ${failure.story}, ${JSON.stringify(failure.points)}`, `  ${describe(failure.broken)}`]),
  ].join('\n')
}

export function tellFaults(covered: FaultsCoverage, findings: readonly string[]): string {
  const { kills, freezes, edgeFaults, acknowledged, refused, unknown, reads, records, seconds } = covered
  return [
    `Killed: ${number(kills)} real processes, ${number(freezes)} frozen, ${number(edgeFaults)} faults between them, in ${number(seconds)} s, ${findings.length} findings.`,
    `  Writes: ${number(acknowledged)} acknowledged, ${number(refused)} refused, ${number(unknown)} unknown; ${number(reads)} reads; ${number(records)} records.`,
    ...findings.map((finding) => `  ${finding}`),
  ].join('\n')
}

export function tellHunts(hunts: readonly Hunt[]): string {
  const caught = hunts.filter(({ catches }) => catches.length > 0).length
  return [
    `Mutants: ${caught} of ${hunts.length} caught.`,
    ...hunts.map(
      ({ mutant, catches }) => `  ${mutant.padEnd(32)} ${catches.map(tellCatch).join('; ') || 'NOT CAUGHT'}`,
    ),
  ].join('\n')
}

function tellCatch(found: Catch): string {
  switch (found.by) {
    case 'DRAWING':
      return `seed ${found.seed} (${found.invariant})`
    case 'EXPLORATION':
      return `exploration in ${found.steps} steps`
    case 'CRASH_POINTS':
      return `crash points (${found.invariant})`
  }
}
