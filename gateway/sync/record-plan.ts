/**
 * The writes that bring one record to its new state on both sides: pure, and the same for a write that came through the
 * graph and for one made natively in either system.
 *
 * Whatever a side lacks is completed, and sides whose versions differ are brought together again, so that after the
 * commit both hold the same mapped values at the same revision.
 */

import type { Field, MappedField, MapSet, NativeKeys, TableMap, UnifiedRecord } from '../../maps/model.ts'
import { toNative, toUnifiedValue, unify } from '../../maps/translate.ts'
import {
  type RecordState,
  type Row,
  SYSTEMS,
  type System,
  type Value,
  type Violation,
  type Write,
} from '../../schema/participant.ts'
import { keyValues } from '../../schema/record-key.ts'
import { canonical } from '../../schema/value.ts'
import type { Leg } from '../coordinator/coordinator.ts'
import { refusal } from './refusal.ts'

export type SideStates = Readonly<Record<System, RecordState>>

export interface RecordIntent {
  readonly mapSet: MapSet
  readonly map: TableMap
  /** Unified key values in key order; null where none was given, which the systems then refuse. */
  readonly key: readonly (string | null)[]
  readonly keys: NativeKeys
  readonly company: string | null
  readonly states: SideStates
  /** The unified fields that the write sets. */
  readonly given: UnifiedRecord
  /** The side whose values stand where the two differ. */
  readonly truth: System
  /** A native write as it was made: these columns of that system are set as they stand, and constants are not added. */
  readonly native: { readonly system: System; readonly set: Row } | null
}

export interface RecordPlan {
  readonly legs: readonly Leg[]
  readonly refusals: readonly Violation[]
}

/** Creates, updates, links or completes the record. No legs and no refusals: there is nothing to change. */
export function planRecord(intent: RecordIntent): RecordPlan {
  const existing = SYSTEMS.filter((system) => intent.states[system].row !== null)
  if (existing.length === 0) return planCreate(intent)
  if (existing.length === 1 || !inStep(intent.states)) return planJoin(intent, existing)
  return planUpdate(intent)
}

/** Deletes the record wherever it is. */
export function planDelete(
  map: TableMap,
  keys: NativeKeys,
  states: SideStates,
  systems: readonly System[],
): RecordPlan {
  const revision = nextRevision(states)
  const legs = systems
    .filter((system) => states[system].row !== null)
    .map((system) => ({
      system,
      writes: [
        {
          operation: 'DELETE' as const,
          table: map.sides[system].table.table,
          key: keys[system],
          base: states[system].version,
          revision,
        },
      ],
    }))
  return { legs, refusals: [] }
}

/** The two sides hold the same version. Two records that no synchronised write ever joined are apart, equal or not. */
export function inStep(states: SideStates): boolean {
  const { CRM, ERP } = states
  const isJoined = CRM.version.transaction !== null
  return (
    isJoined && CRM.version.revision === ERP.version.revision && CRM.version.transaction === ERP.version.transaction
  )
}

function planCreate(intent: RecordIntent): RecordPlan {
  const target = { ...defaultsOf(intent), ...present(intent.given) }
  const missing = intent.map.fields
    .filter((field) => needsValue(intent.map, field) && (target[field.name] ?? null) === null)
    .map((field) => refusal('REQUIRED', `${field.name} is required`, ['input', field.name]))
  const plan = legsOf(intent, { CRM: target, ERP: target }, true)
  return { legs: plan.legs, refusals: [...missing, ...plan.refusals] }
}

/** One side lacks the record, or both have it at different versions: every mapped field is written. */
function planJoin(intent: RecordIntent, existing: readonly System[]): RecordPlan {
  const source = existing.find((system) => system === intent.truth) ?? existing[0]
  const row = source === undefined ? null : intent.states[source].row
  if (source === undefined || row === null) return planCreate(intent)
  const held = { CRM: heldBy(intent, 'CRM'), ERP: heldBy(intent, 'ERP') }
  const mapped: Record<string, Value> = {}
  for (const field of intent.map.fields) {
    if (field.kind !== 'mapped') continue
    const from = held[sourceOf(field, source)] ?? held[source]
    mapped[field.name] = from?.[field.name] ?? null
  }
  const target = { ...mapped, ...intent.given }
  const completed = { ...defaultsOf(intent), ...present(target) }
  return legsOf(
    intent,
    {
      CRM: intent.states.CRM.row === null ? completed : target,
      ERP: intent.states.ERP.row === null ? completed : target,
    },
    true,
  )
}

function heldBy({ mapSet, map, states }: RecordIntent, system: System): UnifiedRecord | null {
  const { row } = states[system]
  return row === null ? null : unify(mapSet, map, system, row)
}

/** A field that flows one way comes from where it flows from. */
function sourceOf(field: MappedField, otherwise: System): System {
  if (field.direction === 'BOTH') return otherwise
  return field.direction === 'CRM_TO_ERP' ? 'CRM' : 'ERP'
}

function planUpdate(intent: RecordIntent): RecordPlan {
  const touched = new Set(Object.keys(intent.given))
  const columns = new Set<string>()
  for (const field of intent.map.fields) {
    if (field.kind === 'mapped' && touched.has(field.name)) {
      for (const system of SYSTEMS) columns.add(`${system}.${field.columns[system]}`)
    }
  }
  const draft = legsOf(intent, { CRM: intent.given, ERP: intent.given }, true)
  const synchronised = draft.legs.some((leg) =>
    leg.writes.some(
      (write) =>
        write.operation === 'UPDATE' && Object.keys(write.set).some((name) => columns.has(`${leg.system}.${name}`)),
    ),
  )
  if (synchronised) return draft
  const local = draft.legs
    .map((leg) => ({
      ...leg,
      writes: leg.writes.filter(changes).map((write) => ({ ...write, revision: write.base.revision })),
    }))
    .filter((leg) => leg.writes.length > 0)
  return { legs: local, refusals: draft.refusals }
}

function changes(write: Write): boolean {
  return write.operation !== 'UPDATE' || Object.keys(write.set).length > 0
}

function legsOf(
  intent: RecordIntent,
  targets: Readonly<Record<System, UnifiedRecord>>,
  synchronised: boolean,
): RecordPlan {
  const refusals: Violation[] = []
  const revision = synchronised ? nextRevision(intent.states) : null
  const legs = SYSTEMS.map((system) => {
    const translated = toNative(intent.mapSet, intent.map, system, targets[system], intent.company)
    for (const { field, code, message } of translated.refusals) {
      if (!refusals.some(({ path }) => path?.[1] === field)) refusals.push(refusal(code, message, ['input', field]))
    }
    return { system, writes: [writeOf(intent, system, translated.set, revision)] }
  })
  return { legs, refusals }
}

function writeOf(intent: RecordIntent, system: System, translated: Row, revision: number | null): Write {
  const { map, keys, states, native } = intent
  const { version: base, row } = states[system]
  const raw = native?.system === system ? native.set : null
  const place = { table: map.sides[system].table.table, key: keys[system], base, revision: revision ?? base.revision }
  if (row === null) {
    const constants = raw === null ? map.sides[system].constants : {}
    return {
      operation: 'CREATE',
      ...place,
      set: { ...constants, ...translated, ...raw, ...keyColumns(intent, system) },
    }
  }
  return { operation: 'UPDATE', ...place, set: differing(intent, system, { ...translated, ...raw }, row) }
}

/** The columns whose canonical value is not the one held; a value without a canonical form is left to the system to refuse. */
function differing(intent: RecordIntent, system: System, set: Row, row: Row): Row {
  const { columns } = intent.map.sides[system].table
  const changed: Record<string, Value> = {}
  for (const [name, value] of Object.entries(set)) {
    const column = columns[name]
    const form = column === undefined ? null : canonical(column, value)
    if (form?.ok === true && sameValue(form.value, row[name] ?? null)) continue
    changed[name] = form?.ok === true ? form.value : value
  }
  return changed
}

function sameValue(a: Value, b: Value): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b))
}

function keyColumns({ map, key, keys }: RecordIntent, system: System): Row {
  const values = keyValues(keys[system])
  const missing = new Set(map.key.filter((_, at) => key[at] === null).map((field) => field.columns[system]))
  return Object.fromEntries(
    map.sides[system].table.key.map((column, at) => [column, missing.has(column) ? null : (values[at] ?? null)]),
  )
}

/**
 * What a create sets where nothing is given: the map's default, else the default of the column that holds the field,
 * on the `reads` side first, so that both systems start out with the same value.
 */
function defaultsOf({ mapSet, map, company }: RecordIntent): UnifiedRecord {
  const defaults: Record<string, Value> = {}
  for (const field of map.fields) {
    const value = field.kind === 'key' ? undefined : (field.default ?? columnDefault(mapSet, map, field, company))
    if (value !== undefined && value !== null) defaults[field.name] = value
  }
  return defaults
}

function columnDefault(mapSet: MapSet, map: TableMap, field: Field, company: string | null): Value | undefined {
  if (field.kind !== 'mapped') return undefined
  for (const system of [map.reads, other(map.reads)]) {
    const value = map.sides[system].table.columns[field.columns[system]]?.default
    if (value !== undefined && value !== null) return toUnifiedValue(mapSet, map, field, system, value, company)
  }
  return undefined
}

/** Whether the planner itself must ask for a value: a required field that neither system's column requires. */
function needsValue(map: TableMap, field: Field): field is MappedField {
  return (
    field.kind === 'mapped' &&
    field.required &&
    SYSTEMS.every((system) => map.sides[system].table.columns[field.columns[system]]?.required !== true)
  )
}

function present(values: UnifiedRecord): UnifiedRecord {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
}

function nextRevision(states: SideStates): number {
  return Math.max(states.CRM.version.revision, states.ERP.version.revision) + 1
}

export function other(system: System): System {
  return system === 'CRM' ? 'ERP' : 'CRM'
}
