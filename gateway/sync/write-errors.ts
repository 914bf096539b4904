/** From what participants and planner found wrong to what the caller reads: every error at its place in the input. */

import type { Field, TableMap } from '../../maps/model.ts'
import { SYSTEMS, type System, type Violation, type WriteError } from '../../schema/participant.ts'
import { nativePath } from './native-plan.ts'

/** `given` names the input's fields: an update's error never points at a field that the caller left out. */
export interface EntityPlace {
  readonly map: TableMap
  readonly operation: 'CREATE' | 'UPDATE' | 'UPSERT' | 'DELETE'
  readonly given: ReadonlySet<string>
}

export function entityErrors(place: EntityPlace, violations: readonly Violation[]): readonly WriteError[] {
  return distinct(violations.map((violation) => writeError(violation, violation.path ?? entityPath(place, violation))))
}

/** Errors in the terms of the system whose native API was called; the column that said no may be the other system's. */
export function nativeErrors(
  map: TableMap,
  system: System,
  isDelete: boolean,
  violations: readonly Violation[],
): readonly WriteError[] {
  return distinct(
    violations.map((violation) => {
      const field = fieldAt(map, violation)
      const path = field === undefined || isDelete ? ['input'] : nativePath(map, system, field.name)
      return writeError(violation, violation.path ?? (isDelete ? [] : path))
    }),
  )
}

/** An error of the whole request: no system was asked, or none answered. */
export function requestErrors(violations: readonly Violation[]): readonly WriteError[] {
  return distinct(violations.map((violation) => writeError(violation, violation.path ?? [])))
}

function entityPath({ map, operation, given }: EntityPlace, violation: Violation): readonly string[] {
  if (violation.system === null) return []
  if (operation === 'DELETE') return ['id']
  const field = fieldAt(map, violation)
  if (field === undefined) return ['input']
  if (field.kind === 'key') return operation === 'UPDATE' ? ['id'] : ['input', field.name]
  return operation === 'UPDATE' && !given.has(field.name) ? ['input'] : ['input', field.name]
}

function fieldAt(map: TableMap, { system, table, column }: Violation): Field | undefined {
  if (system === null || column === null || table !== map.sides[system].table.table) return undefined
  return map.fields.find((field) =>
    field.kind === 'own' ? field.system === system && field.column === column : field.columns[system] === column,
  )
}

/** FENCED tells of the protocol, not of the request: what the caller can do about it is to try again. */
function writeError(violation: Violation, path: readonly string[]): WriteError {
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
