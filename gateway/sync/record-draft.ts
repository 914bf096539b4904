/**
 * One record's change on both sides, before it is known whether both take part and at which revision: pure, and the same
 * for a write that came through the graph and for one made natively in either system.
 *
 * Whatever a side lacks is completed, and sides whose versions differ are brought together again, so that after the
 * commit both hold the same mapped values at the same revision.
 */

import type { Field, MappedField, MapSet, NativeKeys, TableMap, UnifiedRecord } from '../../maps/model.ts'
import { remembering } from '../../maps/remembering.ts'
import { toNative, toUnifiedValue, unify } from '../../maps/translate.ts'
import type { CallerPath, Violation } from '../../schema/participant.ts'
import { type RecordState, type Row, SYSTEMS, type System, type Value } from '../../schema/record.ts'
import { keyValues } from '../../schema/record-key.ts'
import { canonical } from '../../schema/value.ts'
import { companyOf, type Key } from './key.ts'
import { refusal } from './refusal.ts'

export type SideStates = Readonly<Record<System, RecordState>>

/** Which record, where the caller speaks of it, and what both systems hold of it. */
export interface RecordSubject {
  readonly map: TableMap
  readonly key: Key
  readonly keys: NativeKeys
  readonly states: SideStates
  readonly at: CallerPath
}

/** `set` of an update holds only columns that differ from those held. */
export type SideDraft =
  | { readonly operation: 'CREATE' | 'UPDATE'; readonly set: Row }
  | { readonly operation: 'DELETE' }

export interface RecordDraft extends RecordSubject {
  readonly sides: Partial<Readonly<Record<System, SideDraft>>>
  /**
   * Whether both sides take the next revision: ALWAYS, also where no column changes; IF_MAPPED, where a mapped column
   * does; NEVER for a record that no map holds.
   */
  readonly synchronised: 'ALWAYS' | 'IF_MAPPED' | 'NEVER'
  readonly refusals: readonly Violation[]
}

export interface RecordChange {
  readonly mapSet: MapSet
  readonly subject: RecordSubject
  /** The unified fields that the write sets. */
  readonly given: UnifiedRecord
  /** The side whose values stand where the two differ. */
  readonly truth: System
  /** A native write as it was made: these columns of that system are set as they stand, and constants are not added. */
  readonly native: { readonly system: System; readonly set: Row } | null
}

/** Creates, updates, links or completes the record. */
export function draftChange(change: RecordChange): RecordDraft {
  const { states } = change.subject
  const existing = SYSTEMS.filter((system) => states[system].row !== null)
  if (existing.length === 0) return draftCreate(change)
  if (existing.length === 1 || !inStep(states)) return draftJoin(change, existing)
  return draftSides(change, { CRM: change.given, ERP: change.given }, 'IF_MAPPED')
}

/** Deletes the record in those of the systems that have it. */
export function draftDelete(subject: RecordSubject, systems: readonly System[]): RecordDraft {
  const holders = systems.filter((system) => subject.states[system].row !== null)
  const sides = Object.fromEntries(holders.map((system) => [system, { operation: 'DELETE' as const }]))
  return { ...subject, sides, synchronised: holders.length > 0 ? 'ALWAYS' : 'NEVER', refusals: [] }
}

/** The two sides hold the same version. Two records that no synchronised write ever joined are apart, equal or not. */
export function inStep(states: SideStates): boolean {
  const { CRM, ERP } = states
  const isJoined = CRM.version.transaction !== null
  return (
    isJoined && CRM.version.revision === ERP.version.revision && CRM.version.transaction === ERP.version.transaction
  )
}

/** The systems in which the map holds the record. */
export function holdersOf({ map, states }: Pick<RecordSubject, 'map' | 'states'>): readonly System[] {
  return SYSTEMS.filter((system) => {
    const { row } = states[system]
    return row !== null && map.sides[system].holds(row)
  })
}

/** The draft with further columns of one side, as far as they differ from what is held; nothing is added to a delete. */
export function withColumns(draft: RecordDraft, system: System, set: Row): RecordDraft {
  const side = draft.sides[system]
  if (side === undefined || side.operation === 'DELETE') return draft
  const { row } = draft.states[system]
  const added = row === null ? set : differing(draft.map, system, set, row)
  const kept = Object.entries(side.set).filter(([column]) => !Object.hasOwn(set, column))
  return { ...draft, sides: { ...draft.sides, [system]: { ...side, set: { ...Object.fromEntries(kept), ...added } } } }
}

export function other(system: System): System {
  return system === 'CRM' ? 'ERP' : 'CRM'
}

/** Every field that flows both ways, empty or with the value of a create that gives none. */
export function emptied(mapSet: MapSet, subject: RecordSubject): UnifiedRecord {
  const defaults = defaultsOf({ mapSet, subject })
  const fields = subject.map.fields.filter((field) => field.kind === 'mapped' && field.direction === 'BOTH')
  return Object.fromEntries(fields.map(({ name }) => [name, defaults[name] ?? null]))
}

function draftCreate(change: RecordChange): RecordDraft {
  const { map, at } = change.subject
  const target = { ...defaultsOf(change), ...present(change.given) }
  const missing = map.fields
    .filter((field) => needsValue(map, field) && (target[field.name] ?? null) === null)
    .map((field) => refusal('REQUIRED', `${field.name} is required`, [...at, field.name]))
  const draft = draftSides(change, { CRM: target, ERP: target }, 'ALWAYS')
  return { ...draft, refusals: [...missing, ...draft.refusals] }
}

/** One side lacks the record, or both have it at different versions: every mapped field is written. */
function draftJoin(change: RecordChange, existing: readonly System[]): RecordDraft {
  const { map, states } = change.subject
  const source = existing.find((system) => system === change.truth) ?? existing[0]
  const row = source === undefined ? null : states[source].row
  if (source === undefined || row === null) return draftCreate(change)
  const held = { CRM: heldBy(change, 'CRM'), ERP: heldBy(change, 'ERP') }
  const mapped: Record<string, Value> = {}
  for (const field of map.fields) {
    if (field.kind !== 'mapped') continue
    const from = held[sourceOf(field, source)] ?? held[source]
    mapped[field.name] = from?.[field.name] ?? null
  }
  const target = { ...mapped, ...change.given }
  const completed = { ...defaultsOf(change), ...present(target) }
  const targets = {
    CRM: states.CRM.row === null ? completed : target,
    ERP: states.ERP.row === null ? completed : target,
  }
  return draftSides(change, targets, 'ALWAYS')
}

function heldBy({ mapSet, subject: { map, states } }: RecordChange, system: System): UnifiedRecord | null {
  const { row } = states[system]
  return row === null ? null : unify(mapSet, map, system, row)
}

/** A field that flows one way comes from where it flows from. */
function sourceOf(field: MappedField, otherwise: System): System {
  if (field.direction === 'BOTH') return otherwise
  return field.direction === 'CRM_TO_ERP' ? 'CRM' : 'ERP'
}

function draftSides(
  change: RecordChange,
  targets: Readonly<Record<System, UnifiedRecord>>,
  synchronised: RecordDraft['synchronised'],
): RecordDraft {
  const { mapSet, subject } = change
  const { map, key, at } = subject
  const refusals: Violation[] = []
  const sides: Partial<Record<System, SideDraft>> = {}
  for (const system of SYSTEMS) {
    const writable = withoutComputed(map, system, targets[system])
    const translated = toNative(mapSet, map, system, writable, companyOf(map, key))
    for (const { field, code, message } of translated.refusals) {
      const path = [...at, field]
      if (!refusals.some((found) => found.path?.join() === path.join())) refusals.push(refusal(code, message, path))
    }
    sides[system] = draftSide(change, system, translated.set)
  }
  return { ...subject, sides, synchronised, refusals }
}

/** What a system computes is not told to it: it would have to be the very same. */
function withoutComputed(map: TableMap, system: System, values: UnifiedRecord): UnifiedRecord {
  const isComputed = (name: string) => {
    const field = map.field.get(name)
    return field?.kind === 'mapped' && field.computedBy === system
  }
  const names = Object.keys(values)
  if (!names.some(isComputed)) return values
  return Object.fromEntries(Object.entries(values).filter(([name]) => !isComputed(name)))
}

function draftSide({ subject, native }: RecordChange, system: System, translated: Row): SideDraft {
  const { map, states } = subject
  const { row } = states[system]
  const raw = native?.system === system ? native.set : null
  if (row !== null) return { operation: 'UPDATE', set: differing(map, system, { ...translated, ...raw }, row) }
  const constants = raw === null ? map.sides[system].constants : {}
  return {
    operation: 'CREATE',
    set: { ...constants, ...copiesOfKey(subject, system), ...translated, ...raw, ...keyColumns(subject, system) },
  }
}

/** The columns whose canonical value is not the one held; a value without a canonical form is left to the system to refuse. */
function differing(map: TableMap, system: System, set: Row, row: Row): Row {
  const { columns } = map.sides[system].table
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

/** The key as the system holds it; null for each part that is missing. */
export function keyColumns({ map, key, keys }: RecordSubject, system: System): Row {
  const values = keyValues(keys[system])
  const missing = new Set(map.key.filter((_, at) => key[at] === null).map((field) => field.columns[system]))
  return Object.fromEntries(
    map.sides[system].table.key.map((column, at) => [column, missing.has(column) ? null : (values[at] ?? null)]),
  )
}

function copiesOfKey({ map, key }: RecordSubject, system: System): Row {
  return Object.fromEntries(
    map.key.flatMap((field, at) => field.copies[system].map((column) => [column, key[at] ?? null])),
  )
}

/**
 * What a create sets where nothing is given: the map's default, else the default of the column that holds the field,
 * on the `reads` side first, so that both systems start out with the same value.
 */
function defaultsOf({ mapSet, subject: { map, key } }: Pick<RecordChange, 'mapSet' | 'subject'>): UnifiedRecord {
  const maps = DEFAULTS.get(mapSet) ?? new WeakMap<TableMap, DefaultsOfCompany>()
  const ofCompany = maps.get(map) ?? remembering(COMPANIES_KEPT, (company) => defaultsIn(mapSet, map, company))
  DEFAULTS.set(mapSet, maps.set(map, ofCompany))
  return ofCompany(companyOf(map, key) ?? '')
}

type DefaultsOfCompany = (company: string) => UnifiedRecord

const COMPANIES_KEPT = 64

/** The same for all records of a company, and asked for by every row of an import. */
const DEFAULTS = new WeakMap<MapSet, WeakMap<TableMap, DefaultsOfCompany>>()

/** Of a record without a company where that is empty. */
function defaultsIn(mapSet: MapSet, map: TableMap, company: string): UnifiedRecord {
  const defaults: Record<string, Value> = {}
  for (const field of map.fields) {
    const value =
      field.kind === 'key' ? undefined : (field.default ?? columnDefault(mapSet, map, field, company || null))
    if (value !== undefined && value !== null) defaults[field.name] = value
  }
  return defaults
}

function columnDefault(mapSet: MapSet, map: TableMap, field: Field, company: string | null): Value | undefined {
  if (field.kind !== 'mapped' || field.type.kind === 'polymorphic') return undefined
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
