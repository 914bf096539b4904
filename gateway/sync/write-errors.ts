/** From what participants and planner found wrong to what the caller reads: every error at its place in the input. */

import type { Field, MapSet, TableMap } from '../../maps/model.ts'
import type { WriteError } from '../../schema/caller-view.ts'
import type { CallerPath, Violation } from '../../schema/participant.ts'
import { SYSTEMS, type System } from '../../schema/record.ts'
import { nativePath } from './native-draft.ts'
import type { TransactOperation } from './write.ts'

/** What the caller asked for: an update's error never points at a field that the caller left out. */
export interface EntityArguments {
  readonly mapSet: MapSet
  readonly operations: readonly TransactOperation[]
}

/** Errors in the terms of the graph. */
export function entityErrors(asked: EntityArguments, violations: readonly Violation[]): readonly WriteError[] {
  const placed = violations.map((violation) => ({ violation, path: entityPath(asked, violation) }))
  return distinct(
    essential(asked.mapSet, placed).map(({ violation, path }) =>
      writeError(isOvertaken(asked, violation) ? { ...violation, retryable: true } : violation, path),
    ),
  )
}

/**
 * Another record has the values by now that a record was looked for by, and was not found: the next look finds that one.
 */
function isOvertaken({ mapSet, operations }: EntityArguments, violation: Violation): boolean {
  if (violation.code !== 'DUPLICATE' || isComplete(violation)) return false
  const { field } = placeOf(mapSet, violation)
  const operation = operationAt(operations, violation.path ?? [])
  return field !== undefined && field.kind !== 'key' && operation?.matchBy?.includes(field.name) === true
}

function operationAt(operations: readonly TransactOperation[], at: CallerPath): TransactOperation | undefined {
  return operations.find((one) => one.at.every((step, index) => at[index] === step))
}

/** Errors in the terms of the system whose native API was called; the column that said no may be the other system's. */
export function nativeErrors(mapSet: MapSet, system: System, violations: readonly Violation[]): readonly WriteError[] {
  const placed = violations.map((violation) => ({ violation, path: pathInColumns(mapSet, system, violation) }))
  return distinct(essential(mapSet, placed).map(({ violation, path }) => writeError(violation, path)))
}

interface Placed {
  readonly violation: Violation
  readonly path: CallerPath
}

/** Without what only follows from another reason: a value that the planner could not read, a whole that is not right. */
function essential(mapSet: MapSet, placed: readonly Placed[]): readonly Placed[] {
  const planned = placed.filter(({ violation }) => isComplete(violation)).map(({ path }) => path)
  const reasons = placed.filter(({ violation, path }) => {
    if (isComplete(violation)) return true
    const wasUnreadable = planned.some((one) => path.every((step, index) => one[index] === step))
    return !(violation.code === 'REQUIRED' && wasUnreadable) && !isAboutWhole(mapSet, violation)
  })
  return reasons.length > 0 ? reasons : placed
}

/** Said of the column in which a part names its whole, or the company that both are in. */
function isAboutWhole(mapSet: MapSet, violation: Violation): boolean {
  const { map, field } = placeOf(mapSet, violation)
  return map !== undefined && map.parent !== null && field?.kind === 'key' && field !== map.key.at(-1)
}

/** An error of the whole request: no system was asked, or none answered. */
export function requestErrors(violations: readonly Violation[]): readonly WriteError[] {
  return distinct(violations.map((violation) => writeError(violation, violation.path ?? [])))
}

/** The planner's path is complete; a participant's leads to the record. */
function isComplete({ write }: Violation): boolean {
  return write === null
}

function pathInColumns(mapSet: MapSet, system: System, violation: Violation): CallerPath {
  const at = violation.path ?? []
  if (isComplete(violation) || at.length === 0) return at
  const { map, field } = placeOf(mapSet, violation)
  if (map !== undefined && field !== undefined) return nativePath(map, system, field.name, at)
  return violation.system === system && violation.column !== null ? [...at, violation.column] : at
}

function entityPath(asked: EntityArguments, violation: Violation): CallerPath {
  const at = violation.path ?? []
  const operation = operationAt(asked.operations, at)
  if (isComplete(violation) || operation === undefined || at.length === operation.at.length) return at
  const { map, field } = placeOf(asked.mapSet, violation)
  const [argument, ...steps] = at.slice(operation.at.length)
  if (map === undefined || field === undefined || argument !== 'input') return at
  const record = valueAt(operation.input, steps)
  if (record === null || typeof record !== 'object') return at
  const isGiven = Object.hasOwn(record, field.name)
  const another = isGiven || steps.length > 0 ? undefined : anotherGiving(asked, operation, field)
  if (another !== undefined) return [...another.at, 'input', field.name]
  if (field.kind === 'key') return keyPath(map, field, operation, at, isGiven)
  const isUpdate = operation.operation === 'UPDATE' && !isMade(steps)
  const isWritable = field.kind === 'mapped' ? field.computedBy === null : !field.computed
  return isGiven || (!isUpdate && isWritable) ? [...at, field.name] : at
}

/** Of several operations on one record the last that gives the field. */
function anotherGiving({ operations }: EntityArguments, { id }: TransactOperation, { name }: Field) {
  return id === null
    ? undefined
    : operations.findLast((one) => one.operation === 'UPDATE' && one.id === id && Object.hasOwn(one.input, name))
}

/** Of an update the id names the record; of a part its whole does, and its own number. */
function keyPath(
  map: TableMap,
  field: Field,
  { operation }: TransactOperation,
  at: CallerPath,
  isGiven: boolean,
): CallerPath {
  if (map.parent !== null) return isGiven || field === map.key.at(-1) ? [...at, field.name] : at
  return operation === 'UPDATE' ? [...at.slice(0, -1), 'id'] : [...at, field.name]
}

/** Whether the steps lead to a part that an update makes. */
function isMade(steps: CallerPath): boolean {
  return steps.length > 0 && (steps.includes('create') || steps.includes('replace'))
}

function valueAt(value: unknown, steps: CallerPath): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value
  return value !== null && typeof value === 'object' ? valueAt(Reflect.get(value, step), rest) : undefined
}

/** The field that a violation's column holds, and its map. */
function placeOf(mapSet: MapSet, violation: Violation): { readonly map?: TableMap; readonly field?: Field } {
  const { system, table, column } = violation
  if (system === null || table === null || column === null) return {}
  for (const map of mapSet.byTable(system, table)) {
    const field = map.fields.find((candidate) => holdsColumn(map, candidate, system, column))
    if (field !== undefined) return { map, field }
  }
  return {}
}

function holdsColumn(map: TableMap, field: Field, system: System, column: string): boolean {
  if (field.kind === 'own') return field.system === system && field.column === column
  const own = field.columns[system]
  const kinds = map.sides[system].table.columns[own]?.references ?? []
  return own === column || field.copies[system].includes(column) || kinds.some(({ when }) => when?.column === column)
}

/** FENCED tells of the protocol, not of the request: what the caller can do about it is to try again. */
function writeError(violation: Violation, path: CallerPath): WriteError {
  const { code, message, system, table, column, retryable } = violation
  return { code: code === 'FENCED' ? 'SYSTEM_UNAVAILABLE' : code, message, path, system, table, column, retryable }
}

/** Each error once: the planner's first, then each system's in the order in which it found them. */
function distinct(errors: readonly WriteError[]): readonly WriteError[] {
  const seen = new Set<string>()
  const once = errors.filter((error) => {
    const text = JSON.stringify(error)
    return seen.has(text) ? false : seen.add(text)
  })
  return [null, ...SYSTEMS].flatMap((system) => once.filter((error) => error.system === system))
}
