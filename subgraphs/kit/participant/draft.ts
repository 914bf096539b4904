/**
 * The second look: each write against the record as it stands. Gives the images on both sides of every write, computed
 * columns aside, and what contradicts the record itself. Holds only while the records are locked.
 */

import { type CallerPath, isCheck, type Violation, type WriteImage } from '../../../schema/participant.ts'
import type { RecordState, Row, Version } from '../../../schema/record.ts'
import type { InspectedWrite, Inspection } from './inspect.ts'
import type { Change } from './rule.ts'
import type { SystemModel, TableModel } from './system-model.ts'
import { shortened, violation } from './violations.ts'

/** What a write does to one record, before anything is computed. */
export interface Drafted extends Change {
  readonly index: number
  readonly at: CallerPath | null
  readonly model: TableModel
  /** The computed columns that the write gives, and does not leave to be filled in. */
  readonly given: ReadonlySet<string>
  /**
   * False for a check, from which nothing follows, and for a write that does not fit the record it was planned for: what
   * follows from it is not worth judging.
   */
  readonly settled: boolean
}

export interface Draft {
  readonly writes: readonly Drafted[]
  /** What is to stand as it is. */
  readonly checks: readonly Drafted[]
  readonly contradictions: readonly Violation[]
}

/** `states` in the order of `recordsOf(inspection)`. */
export function draft(system: SystemModel, inspection: Inspection, states: readonly RecordState[]): Draft {
  const contradictions: Violation[] = []
  const writes: Drafted[] = []
  const checks: Drafted[] = []
  for (const [position, inspected] of inspection.writes.entries()) {
    const state = states[position]
    if (state === undefined) throw new RangeError('A record state is missing')
    const found = contradictionsOf(system, inspected, state)
    const { model, index, write } = inspected
    const change = { table: write.table, key: write.key, before: state.row, after: imageAfter(inspected, state.row) }
    const settled = !isCheck(write) && found.every(({ code }) => code === 'READ_ONLY')
    const drafted = { ...change, index, at: write.at ?? null, model, given: givenComputed(inspected), settled }
    contradictions.push(...found, ...(settled ? undirected(system, drafted) : []))
    if (isCheck(write)) checks.push(drafted)
    else writes.push(drafted)
  }
  return { writes, checks, contradictions }
}

/** A write that was prepared before. */
export function draftOfImage(model: TableModel, index: number, image: WriteImage): Drafted {
  const { table, key, before, after, at = null } = image
  return { table, key, before, after, index, at, model, given: new Set(), settled: true }
}

function givenComputed({ model, write }: InspectedWrite): ReadonlySet<string> {
  if (write.operation === 'DELETE' || isCheck(write)) return new Set()
  return new Set(model.computed.flatMap(({ name }) => (Object.hasOwn(write.set, name) ? [name] : [])))
}

/** References to one of several tables where nothing tells which: whoever follows them would find nothing. */
function undirected({ system }: SystemModel, { model, index, at, table, before, after }: Drafted): Violation[] {
  if (after === null) return []
  const polymorphic = new Map(model.references.flatMap(({ column, when }) => (when === null ? [] : [[column, when]])))
  return [...polymorphic].flatMap(([column, { column: by }]) => {
    const isUntouched = before !== null && before[column] === after[column] && before[by] === after[by]
    if (isUntouched || (after[column] ?? null) === null || directs(model, column, after)) return []
    const place = { system, write: index, table, column: by, at }
    return [violation('REFERENCE', place, `${by} must say what ${column} refers to`)]
  })
}

function directs({ references }: TableModel, column: string, row: Row): boolean {
  return references.some(
    (one) => one.column === column && (one.when === null || row[one.when.column] === one.when.value),
  )
}

function imageAfter({ write, values }: InspectedWrite, before: Row | null): Row | null {
  if (write.operation === 'DELETE') return null
  if (write.operation === 'CREATE') return values
  if (isCheck(write)) return before
  return before === null ? null : { ...before, ...values }
}

/** A write off its base is `STALE` and nothing else: it was meant for another state of the record. */
function contradictionsOf(system: SystemModel, inspected: InspectedWrite, state: RecordState): Violation[] {
  const { write, index, model } = inspected
  const complain = (code: Violation['code'], column: string | null, message: string) =>
    violation(code, { system: system.system, write: index, table: write.table, column, at: write.at ?? null }, message)
  const name = `${write.table} ${shortened(write.key)}`
  const isLocallyStale = 'localBase' in write && write.localBase !== state.localVersion
  if (isLocallyStale || !isSameVersion(write.base, state.version)) {
    return [complain('STALE', null, `${name} has been written since it was read`)]
  }
  if (isCheck(write)) return []
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

export function isSameValue(one: Row[string], other: Row[string]): boolean {
  return one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other))
}
