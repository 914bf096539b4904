/**
 * The plan that a dry run makes: what would become of each row. Its hash names the dry run and tells whether it is the same
 * plan; a commit that keeps to it writes each row only as it was judged.
 */

import { hash } from 'node:crypto'
import type { JobDefinition } from './definition.ts'
import type { Job, JobId } from './job.ts'
import type { RowOutcome } from './outcome.ts'

const DIGEST_HEX = 64
export const NO_PLAN = '0'.repeat(DIGEST_HEX)

/**
 * The digest with further outcomes, each row once. Batches end in any order, so the rows' digests are added up: SHA-256,
 * modulo 2^256, in hexadecimal.
 */
export function digestedPlan(before: string, outcomes: readonly RowOutcome[]): string {
  const sum = outcomes.reduce((total, outcome) => total + BigInt(`0x${digestOf(outcome)}`), BigInt(`0x${before}`))
  return BigInt.asUintN(DIGEST_HEX * 4, sum)
    .toString(16)
    .padStart(DIGEST_HEX, '0')
}

/** Whether an import can keep to a plan: it goes by the revisions of records, known of rows of an entity, each by itself. */
export function isPlannable({ target, atomicity }: Pick<JobDefinition, 'target' | 'atomicity'>): boolean {
  return target.kind === 'ENTITY' && atomicity === 'ROW'
}

/** Null for a job that is no dry run, did not come to the end of its rows, or whose plan nothing could keep to. */
export function planHashOf({ id, definition, phase, planDigest }: Job): string | null {
  const isWhole = phase.state === 'COMPLETED' || phase.state === 'COMPLETED_WITH_FAILURES'
  return definition.mode === 'DRY_RUN' && isWhole && isPlannable(definition) ? `${id}.${planDigest}` : null
}

/** The dry run that a hash speaks of, if it is one. */
export function jobOfPlan(planHash: string): JobId | null {
  const [, id] = /^(.+)\.[0-9a-f]{64}$/.exec(planHash) ?? []
  return id === undefined ? null : (id as JobId)
}

function digestOf(outcome: RowOutcome): string {
  return hash('sha256', JSON.stringify(meaningOf(outcome)))
}

function meaningOf(outcome: RowOutcome): readonly unknown[] {
  const { row, outcome: what } = outcome
  if (outcome.outcome === 'FAILED') return [row, what, outcome.reasons.map(({ code, field }) => [code, field])]
  if (!('changedFields' in outcome)) return [row, what]
  return [row, what, outcome.id, outcome.changedFields, outcome.judged?.revision, outcome.judged?.systems]
}
