/**
 * The second look: each write against the record as it stands. Gives the images on both sides of every write, and
 * what contradicts the record itself. Holds only while the records are locked.
 */

import type { RecordKey, RecordState, Row, Version, Violation, WriteImage } from '../../../schema/participant.ts'
import type { InspectedWrite, Inspection } from './inspect.ts'
import type { Change, Rule, RuleRead } from './rule.ts'
import type { SystemModel, TableModel } from './system-model.ts'
import { shortened, violation } from './violations.ts'

export interface GuardingRule {
  readonly rule: Rule
  readonly exclusive: readonly { readonly table: string; readonly key: RecordKey }[]
  readonly reads: readonly RuleRead[]
}

/** What a write does to one record. */
export interface Effect extends Change {
  readonly index: number
  readonly model: TableModel
  /** None for a write that is off the record. */
  readonly rules: readonly GuardingRule[]
  /** False for a write that does not fit the record it was planned for: what follows from it is not worth judging. */
  readonly settled: boolean
}

export interface Draft {
  readonly effects: readonly Effect[]
  readonly contradictions: readonly Violation[]
}

/** `states` in the order of `recordsOf(inspection)`. */
export function draft(system: SystemModel, inspection: Inspection, states: readonly RecordState[]): Draft {
  const contradictions: Violation[] = []
  const effects = inspection.writes.map((inspected, position) => {
    const state = states[position]
    if (state === undefined) throw new RangeError('A record state is missing')
    const found = contradictionsOf(system, inspected, state)
    contradictions.push(...found)
    const { model, index, write } = inspected
    const change = { table: write.table, key: write.key, before: state.row, after: imageAfter(inspected, state.row) }
    const settled = found.every(({ code }) => code === 'READ_ONLY')
    return { ...change, index, model, rules: settled ? guardingRules(model, change) : [], settled }
  })
  return { effects, contradictions }
}

/** The effect of a write that was prepared before: its locks follow from it. */
export function effectOfImage(model: TableModel, index: number, image: WriteImage): Effect {
  const { table, key, before, after } = image
  const change = { table, key, before, after }
  return { ...change, index, model, rules: guardingRules(model, change), settled: true }
}

function guardingRules(model: TableModel, change: Change): readonly GuardingRule[] {
  return model.rules.map((rule) => ({
    rule,
    exclusive: rule.exclusive?.(change) ?? [],
    reads: rule.reads(change),
  }))
}

function imageAfter({ write, values }: InspectedWrite, before: Row | null): Row | null {
  if (write.operation === 'DELETE') return null
  if (write.operation === 'CREATE') return values
  return before === null ? null : { ...before, ...values }
}

/** A write off its base is `STALE` and nothing else: it was meant for another state of the record. */
function contradictionsOf(system: SystemModel, inspected: InspectedWrite, state: RecordState): Violation[] {
  const { write, index, model } = inspected
  const complain = (code: Violation['code'], column: string | null, message: string) =>
    violation(code, { system: system.system, write: index, table: write.table, column }, message)
  const name = `${write.table} ${shortened(write.key)}`
  if (!isSameVersion(write.base, state.version)) {
    return [complain('STALE', null, `${name} has been written since it was read`)]
  }
  if (write.operation === 'CREATE') {
    return state.row === null ? [] : [complain('DUPLICATE', null, `${name} exists already`)]
  }
  const { row } = state
  if (row === null) return [complain('NOT_FOUND', null, `${name} does not exist`)]
  return Object.keys(inspected.values).flatMap((column) => {
    const definition = model.column.get(column)
    if (definition === undefined || isSameValue(inspected.values[column] ?? null, row[column] ?? null)) return []
    if (definition.generated) return [complain('READ_ONLY', column, `${column} is filled in by the system`)]
    if (definition.immutable || model.definition.key.includes(column)) {
      return [complain('READ_ONLY', column, `${column} is given when the record is made and never changes`)]
    }
    return []
  })
}

export function isSameVersion(one: Version, other: Version): boolean {
  return one.revision === other.revision && one.transaction === other.transaction
}

function isSameValue(one: Row[string], other: Row[string]): boolean {
  return one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other))
}
