/** Failed rows by what they failed for, so that a million of them can be told in a few lines. */

import type { RowFailure } from './outcome.ts'

/** Rows that failed for the same code at the same field. A row with several reasons is in several groups. */
export interface FailureGroup {
  readonly code: string
  readonly field: string | null
  readonly rows: number
  /** The first ones that were told. */
  readonly samples: readonly FailureSample[]
}

export interface FailureSample {
  readonly row: number
  readonly message: string
}

export interface FailureGroups {
  readonly groups: readonly FailureGroup[]
  /** Failed rows with a reason that is in no group, because there are too many groups already. */
  readonly others: number
}

export const NO_FAILURES: FailureGroups = { groups: [], others: 0 }

const GROUPS_MAX = 50
const SAMPLES_MAX = 5
const MESSAGE_LENGTH_MAX = 300

export function grouped(before: FailureGroups, failures: readonly RowFailure[]): FailureGroups {
  const groups = new Map(before.groups.map((group) => [nameOf(group), group]))
  let { others } = before
  for (const { row, reasons } of failures) {
    const distinct = new Map(reasons.map((reason) => [nameOf(reason), reason]))
    let isAmongOthers = false
    for (const [name, { code, field, message }] of distinct) {
      const group = groups.get(name) ?? { code, field, rows: 0, samples: [] }
      if (groups.has(name) || groups.size < GROUPS_MAX) groups.set(name, added(group, row, message))
      else isAmongOthers = true
    }
    if (isAmongOthers) others += 1
  }
  return { groups: [...groups.values()], others }
}

function added(group: FailureGroup, row: number, message: string): FailureGroup {
  const { rows, samples } = group
  const sample = { row, message: message.slice(0, MESSAGE_LENGTH_MAX) }
  return { ...group, rows: rows + 1, samples: samples.length < SAMPLES_MAX ? [...samples, sample] : samples }
}

function nameOf({ code, field }: Pick<FailureGroup, 'code' | 'field'>): string {
  return JSON.stringify([code, field])
}
