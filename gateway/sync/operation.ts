/**
 * Entity operations as the planner takes them: input read against its map, references resolved to ids, keys folded, parts
 * beside their whole. Nothing here throws for a caller's mistake: what is wrong is in `refusals`.
 */

import { decodeId, foldKey } from '../../maps/identity.ts'
import type { MapSet, TableMap, UnifiedRecord } from '../../maps/model.ts'
import type { CallerPath, Violation } from '../../schema/participant.ts'
import type { Value } from '../../schema/record.ts'
import { companyOf, foldGiven, idOf, type Key } from './key.ts'
import { type Match, type ReadMatch, readMatch } from './match.ts'
import { type NamedRecords, readReference } from './reference.ts'
import { refusal } from './refusal.ts'
import type { EntityOperation, TransactOperation } from './write.ts'

/** An operation whose key is read, and no more. */
export interface KeyedOperation {
  readonly asked: TransactOperation
  readonly map: TableMap
  /** Null where the caller gave none: perhaps to be drawn. */
  readonly key: Key
  readonly refusals: readonly Violation[]
}

/** One record of an operation. */
export interface RecordIntent {
  readonly map: TableMap
  readonly operation: EntityOperation['operation']
  readonly key: Key
  /** The fields given, but for the key. */
  readonly given: UnifiedRecord
  /** What the caller expects the record's revision to be. */
  readonly expected: readonly ExpectedRevision[]
  /** Where the caller's arguments speak of the record. */
  readonly at: CallerPath
  readonly refusals: readonly Violation[]
  /** What is given is all that the record is to have: fields left out are emptied, or get their defaults. */
  readonly isComplete: boolean
}

/** `path` is where the caller says so. */
export interface ExpectedRevision {
  readonly revision: number
  readonly path: CallerPath
}

/** A record with what is to become of its parts, one list for each kind of part that was given. */
export interface WholeIntent extends RecordIntent {
  readonly parts: readonly PartsIntent[]
  /** Null for a record that its key names. */
  readonly match: Match | null
}

export interface PartsIntent {
  readonly map: TableMap
  /** Whether the parts made are all that the whole is to have. */
  readonly isWholeSet: boolean
  readonly made: readonly PartInput[]
  readonly changed: readonly PartInput[]
  readonly deleted: readonly PartInput[]
  /** What is wrong with the lists together. */
  readonly refusals: readonly Violation[]
}

/** `number` is the part's own key value, null where it was left out. */
export interface PartInput {
  readonly number: string | null
  readonly given: UnifiedRecord
  readonly at: CallerPath
  readonly refusals: readonly Violation[]
}

type Input = Readonly<Record<string, unknown>>

/** Throws a TypeError for an entity that no map has. */
export function readKey(mapSet: MapSet, asked: TransactOperation): KeyedOperation {
  const map = mapSet.byEntity.get(asked.entity)
  if (map === undefined) throw new TypeError(`no map for the entity ${asked.entity}`)
  const isMatched = asked.matchBy !== undefined && asked.id === null
  if (asked.operation === 'CREATE' || asked.operation === 'UPSERT' || isMatched) {
    const given = map.key.map((field) => textOf(asked.input[field.name]))
    return { asked, map, key: foldGiven(map, given), refusals: [] }
  }
  const decoded = asked.id === null ? null : decodeId(asked.id)
  if (decoded !== null && decoded.entity === map.entity && decoded.key.length === map.key.length) {
    return { asked, map, key: foldKey(map, decoded.key), refusals: [] }
  }
  const missing = refusal('NOT_FOUND', `This is not the id of a ${map.entity}`, [...asked.at, 'id'])
  return { asked, map, key: map.key.map(() => null), refusals: [missing] }
}

/** The operations in their order: one may refer to those before it by the names they were given. */
export function readOperations(mapSet: MapSet, operations: readonly KeyedOperation[]): readonly WholeIntent[] {
  const named = new Map<string, string | null>()
  return operations.map((operation) => {
    const { asked, map, key } = operation
    const whole = readWhole(mapSet, operation, named)
    if (asked.as === null) return whole
    const taken = named.has(asked.as)
    named.set(asked.as, idOf(map, key))
    if (!taken) return whole
    const message = `Another operation is called "${asked.as}" already`
    return { ...whole, refusals: [...whole.refusals, refusal('VALIDATION', message, [...asked.at.slice(0, -1), 'as'])] }
  })
}

function readWhole(mapSet: MapSet, { asked, map, key, refusals }: KeyedOperation, named: NamedRecords): WholeIntent {
  const at = [...asked.at, asked.operation === 'DELETE' ? 'id' : 'input']
  const reading = { mapSet, named, company: companyOf(map, key) }
  const fields = readFields(reading, map, asked.input, at)
  const parts = mapSet.partsOf(map.entity).flatMap((part) => readParts(reading, part, asked, at))
  const { match, refusals: unmatched } = matchOf(mapSet, { asked, map, key, given: fields.given })
  return {
    map,
    operation: asked.operation,
    key,
    given: fields.given,
    expected: expectedOf(asked),
    at,
    refusals: [...refusals, ...unmatched, ...fields.refusals, ...parts.flatMap((part) => part.refusals)],
    isComplete: false,
    ...{ parts, match },
  }
}

function matchOf(
  mapSet: MapSet,
  { asked, map, key, given }: Pick<KeyedOperation, 'asked' | 'map' | 'key'> & Pick<RecordIntent, 'given'>,
): ReadMatch | { readonly match: null; readonly refusals: readonly Violation[] } {
  if (asked.matchBy === undefined) return { match: null, refusals: [] }
  return readMatch({ mapSet, map, key, given, at: [...asked.at, 'input'] }, asked.matchBy)
}

/** Of a write by itself it stands among the options, of one of many beside its input. */
function expectedOf({ expectedRevision: revision, at }: TransactOperation): readonly ExpectedRevision[] {
  if (revision === null) return []
  return [{ revision, path: at.length === 0 ? ['options', 'expectedRevision'] : [...at, 'expectedRevision'] }]
}

/** What holds for every field of an operation. */
interface Reading {
  readonly mapSet: MapSet
  readonly named: NamedRecords
  readonly company: string | null
}

function readFields(reading: Reading, map: TableMap, input: Input, at: CallerPath) {
  const refusals: Violation[] = []
  const given: Record<string, Value> = {}
  for (const field of map.fields) {
    const value = input[field.name]
    if (field.kind === 'key' || value === undefined) continue
    const isReference = field.type.kind === 'reference' || field.type.kind === 'polymorphic'
    given[field.name] =
      isReference && value !== null
        ? readReference(reading, field.type, value as Input, [...at, field.name], refusals)
        : (value as Value)
  }
  return { given, refusals }
}

function readParts(reading: Reading, map: TableMap, asked: TransactOperation, at: CallerPath): readonly PartsIntent[] {
  const list = map.parent?.list ?? ''
  const value = asked.input[list]
  if (value === undefined || value === null || asked.operation === 'DELETE') return []
  const place = [...at, list]
  const inputs = (given: unknown, where: CallerPath) =>
    (Array.isArray(given) ? given : []).map((input: Input, index) =>
      readPart(reading, map, input, [...where, String(index)]),
    )
  const none = { map, changed: [], deleted: [], refusals: [] }
  if (asked.operation !== 'UPDATE') {
    return [{ ...none, isWholeSet: asked.operation === 'UPSERT', made: inputs(value, place) }]
  }
  const changes = value as Input
  const part = (name: string) => inputs(changes[name], [...place, name])
  if (!Array.isArray(changes['replace'])) {
    const deleted = deletedParts(changes['delete'], [...place, 'delete'])
    return [{ ...none, isWholeSet: false, made: part('create'), changed: part('update'), deleted }]
  }
  const isAlone = !['create', 'update', 'delete'].some((name) => Array.isArray(changes[name]))
  const message = '`replace` says which parts there are to be: it goes alone'
  const refusals = isAlone ? [] : [refusal('VALIDATION', message, [...place, 'replace'])]
  return [{ ...none, isWholeSet: true, made: part('replace'), refusals }]
}

function deletedParts(numbers: unknown, place: CallerPath): readonly PartInput[] {
  return (Array.isArray(numbers) ? numbers : []).map((number: unknown, index) => ({
    number: textOf(number),
    given: {},
    at: [...place, String(index)],
    refusals: [],
  }))
}

function readPart(reading: Reading, map: TableMap, input: Input, at: CallerPath): PartInput {
  const own = map.key.at(-1)?.name ?? ''
  const { given, refusals } = readFields(reading, map, input, at)
  const number = textOf(input[own])
  if (number === null || Number(number) >= 1) return { number, given, at, refusals }
  return { number, given, at, refusals: [...refusals, refusal('VALIDATION', `${own} is 1 or more`, [...at, own])] }
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value : null
}
