/**
 * From a write made natively in one system and what both systems hold of the record to its draft: pure.
 *
 * The map's filter decides whose business the write is: a record that no map holds, before or after, concerns its own
 * system alone; one that enters a map takes the other system along from then on; leaving is refused unless the map says
 * otherwise. A part is held where its whole is.
 */

import type { Direction, Field, MapSet, TableMap, UnifiedRecord } from '../../maps/model.ts'
import { fromNative, type KindOf } from '../../maps/translate.ts'
import type { NativeWrite } from '../../schema/native-write.ts'
import type { CallerPath, Violation } from '../../schema/participant.ts'
import type { Row, System, Value } from '../../schema/record.ts'
import type { TableDefinition } from '../../schema/table.ts'
import { canonical } from '../../schema/value.ts'
import {
  draftChange,
  draftDelete,
  holdersOf,
  keyColumns,
  other,
  type RecordDraft,
  type RecordSubject,
  type SideDraft,
} from './record-draft.ts'
import { refusal } from './refusal.ts'

/** The write of one record with its key known: folded, or drawn from a number sequence. */
export interface NativeIntent {
  readonly system: System
  readonly operation: NativeWrite['operation']
  readonly set: Row
  readonly subject: RecordSubject
  readonly expectedRevision: number | null
  /** Of a part, whether the map holds its whole; true for a record by itself. */
  readonly isWholeHeld: boolean
  /** Which entity a value of this system names, where its column alone does not tell. */
  readonly kindOf: KindOf
}

export function draftNative(mapSet: MapSet, intent: NativeIntent): RecordDraft {
  const draft = draftOf(mapSet, intent)
  return { ...draft, refusals: [...refuseForeign(intent, draft), ...refuseByState(intent), ...draft.refusals] }
}

/** Records of which every mapped field comes from the other system are made and deleted there. */
function refuseForeign({ system, operation, subject: { map, at } }: NativeIntent, draft: RecordDraft) {
  if (operation === 'UPDATE' || draft.synchronised === 'NEVER') return []
  const mapped = map.fields.filter((field) => field.kind === 'mapped')
  if (mapped.length === 0 || mapped.some(({ direction }) => direction !== inboundTo(system))) return []
  const { table } = map.sides[system].table
  const message = `${table} follows the ${other(system)}: its records are made and deleted there`
  return [refusal('READ_ONLY', message, at, { system, table })]
}

/** The native row as a create would leave it, column defaults included, so that filters can be asked. */
export function rowAfter(table: TableDefinition, before: Row | null, set: Row): Row {
  const after: Record<string, Value> = {}
  for (const column of Object.values(table.columns)) {
    const given = set[column.name]
    const held = before === null ? (column.default ?? null) : (before[column.name] ?? null)
    const value = given === undefined || (given === null && before === null) ? held : given
    const form = canonical(column, value)
    after[column.name] = form.ok ? form.value : value
  }
  return after
}

function draftOf(mapSet: MapSet, intent: NativeIntent): RecordDraft {
  const { system, operation, set, subject } = intent
  const { map, states } = subject
  const before = states[system].row
  const held = before !== null && isHeld(intent, before)
  if (operation === 'DELETE')
    return held ? draftDelete(subject, holdersOf(subject)) : localDraft(intent, deletion(intent))
  if (operation === 'UPDATE' && before === null) return localDraft(intent, null)
  const after = rowAfter(map.sides[system].table, before, { ...set, ...keyColumns(subject, system) })
  if (isHeld(intent, after)) return synchronisedDraft(mapSet, intent, after, held)
  if (!held || map.onLeave === 'UNLINK') return localDraft(intent, alteration(intent, before))
  return leave(intent, before)
}

function isHeld({ system, subject: { map }, isWholeHeld }: NativeIntent, row: Row): boolean {
  return isWholeHeld && map.sides[system].holds(row)
}

function synchronisedDraft(mapSet: MapSet, intent: NativeIntent, after: Row, held: boolean): RecordDraft {
  const { system, subject, kindOf } = intent
  const { map, states, at } = subject
  const set = intent.operation === 'CREATE' ? withoutNulls(intent.set) : intent.set
  const before = held ? states[system].row : null
  const changed = Object.keys(before === null ? after : set).filter(
    (column) => after[column] !== (before?.[column] ?? null),
  )
  const { values, refusals } = fromNative(mapSet, map, system, after, changed, kindOf)
  const given = mappedOnly(map, values)
  const draft = draftChange({ mapSet, subject, given, truth: system, native: { system, set } })
  const untranslatable = refusals.map(({ field, code, message }) =>
    refusal(code, message, nativePath(map, system, field, at)),
  )
  const translated = draft.refusals.map((found) => ({
    ...found,
    path: nativePath(map, system, found.path?.at(-1) ?? '', at),
  }))
  const wanted = unlike(states[system].row, set, after)
  return { ...draft, refusals: [...readOnly(intent, given, wanted), ...untranslatable, ...translated] }
}

function inboundTo(system: System): Direction {
  return system === 'CRM' ? 'ERP_TO_CRM' : 'CRM_TO_ERP'
}

/** The columns set to another value than the one held. */
function unlike(held: Row | null, set: Row, after: Row): Row {
  return Object.fromEntries(Object.entries(set).filter(([name]) => after[name] !== (held?.[name] ?? null)))
}

/** A field that flows towards this system only is not written here, and neither is a copy of another column. */
function readOnly(
  { system, subject: { map, at } }: NativeIntent,
  given: UnifiedRecord,
  set: Row,
): readonly Violation[] {
  const { table } = map.sides[system].table
  const refuse = (column: string, why: string) =>
    refusal('READ_ONLY', `${column} ${why}`, [...at, column], { system, table, column })
  const foreign = map.fields
    .filter((field) => field.kind === 'mapped' && field.direction === inboundTo(system) && field.name in given)
    .flatMap((field) => (field.kind === 'mapped' ? [field.columns[system]] : []))
    .filter((column) => column in set)
  const copied = map.fields.flatMap((field) =>
    field.kind === 'own'
      ? []
      : field.copies[system].filter((column) => column in set).map((copy) => [copy, field] as const),
  )
  return [
    ...foreign.map((column) => refuse(column, `comes from the ${other(system)} and is read-only here`)),
    ...copied.map(([copy, field]) => refuse(copy, `repeats ${columnOf(field, system)} and is read-only`)),
  ]
}

function leave(intent: NativeIntent, before: Row | null): RecordDraft {
  const { system, subject } = intent
  const { map, states, at } = subject
  const local = localDraft(intent, alteration(intent, before))
  if (map.onLeave === 'DELETE') {
    const away = states[other(system)].row === null ? {} : { [other(system)]: { operation: 'DELETE' as const } }
    return { ...local, sides: { ...local.sides, ...away }, synchronised: 'ALWAYS' }
  }
  const message = `The record would leave the map ${map.name}, whose filter is: ${map.sides[system].filter ?? ''}`
  return { ...local, refusals: [refusal('RULE', message, at)] }
}

function refuseByState(intent: NativeIntent): readonly Violation[] {
  const { system, operation, set, subject } = intent
  const { map, key, states, at } = subject
  const { row, version } = states[system]
  const table = map.sides[system].table
  const column = table.key[table.key.length - 1] ?? ''
  const name = key.join('/')
  if (operation !== 'CREATE') {
    if (row === null) {
      return [refusal('NOT_FOUND', `${table.table} holds no record ${name}`, [column], { system, table: table.table })]
    }
    return [...stranger(intent, name), ...stale(intent, version.revision, name)]
  }
  const joins = isHeld(intent, rowAfter(table, null, set))
  const taken = [system, other(system)].filter((side) => states[side].row !== null && (side === system || joins))
  return taken.map((side) => {
    const place = map.sides[side].table
    return refusal('DUPLICATE', `${place.table} in the ${side} holds ${name} already`, [...at, column], {
      system: side,
      table: place.table,
      column: place.key[place.key.length - 1] ?? null,
    })
  })
}

/** The other system holds a record of this key that the map leaves alone: the two are not one record. */
function stranger(intent: NativeIntent, name: string): readonly Violation[] {
  const { system, operation, set, subject } = intent
  const { map, states, at } = subject
  const far = other(system)
  const row = states[far].row
  if (operation === 'DELETE' || row === null || map.sides[far].holds(row)) return []
  if (!isHeld(intent, rowAfter(map.sides[system].table, states[system].row, set))) return []
  const { table, key } = map.sides[far].table
  const message = `${table} in the ${far} holds ${name} for another purpose, which the map ${map.name} leaves alone`
  return [refusal('DUPLICATE', message, at, { system: far, table, column: key[key.length - 1] ?? null })]
}

function stale({ expectedRevision }: NativeIntent, revision: number, name: string): readonly Violation[] {
  if (expectedRevision === null || expectedRevision === revision) return []
  const message = `The record ${name} is at revision ${revision}, not ${expectedRevision}`
  return [refusal('STALE', message, ['options', 'expectedRevision'])]
}

/** Concerns this system alone. */
function localDraft({ system, subject }: NativeIntent, side: SideDraft | null): RecordDraft {
  return { ...subject, sides: side === null ? {} : { [system]: side }, synchronised: 'NEVER', refusals: [] }
}

function alteration({ system, operation, set, subject }: NativeIntent, before: Row | null): SideDraft | null {
  if (before === null) {
    return operation === 'CREATE' ? { operation, set: { ...withoutNulls(set), ...keyColumns(subject, system) } } : null
  }
  const after = rowAfter(subject.map.sides[system].table, before, set)
  const changed = Object.keys(set).flatMap((name) => changedEntry(name, before, after, set))
  return { operation: 'UPDATE', set: Object.fromEntries(changed) }
}

function changedEntry(name: string, before: Row, after: Row, set: Row): [string, Value][] {
  const value = name in after ? after[name] : set[name]
  return value === (before[name] ?? null) && name in after ? [] : [[name, value ?? null]]
}

function deletion({ system, subject }: NativeIntent): SideDraft | null {
  return subject.states[system].row === null ? null : { operation: 'DELETE' }
}

function mappedOnly(map: TableMap, values: UnifiedRecord): UnifiedRecord {
  return Object.fromEntries(Object.entries(values).filter(([name]) => map.field.get(name)?.kind === 'mapped'))
}

function withoutNulls(set: Row): Row {
  return Object.fromEntries(Object.entries(set).filter(([, value]) => value !== null))
}

/** Where a native caller finds a unified field: its own column. */
export function nativePath(map: TableMap, system: System, fieldName: string, at: CallerPath): CallerPath {
  const column = columnOf(map.field.get(fieldName), system)
  return column === null ? at : [...at, column]
}

function columnOf(field: Field | undefined, system: System): string | null {
  if (field === undefined) return null
  if (field.kind === 'own') return field.system === system ? field.column : null
  return field.columns[system]
}
