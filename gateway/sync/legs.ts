/** From drafts to the writes of each system: who takes part, and at which revision. Pure. */

import type { TableMap } from '../../maps/model.ts'
import type { Write } from '../../schema/participant.ts'
import { SYSTEMS, type System } from '../../schema/record.ts'
import type { Leg } from '../coordinator/coordinator.ts'
import { keyOfWhole, nameOf } from './key.ts'
import type { RecordDraft, SideDraft, SideStates } from './record-draft.ts'

/**
 * A leg for each system that has anything to write, its writes in the order of the drafts. A synchronised change of one
 * side alone has the other side checked, so that no plan stands that was made while the two were being brought together.
 */
export function legsOf(drafts: readonly RecordDraft[]): readonly Leg[] {
  const touched = withTouchedWholes(drafts)
  const written = touched.map((draft) => ({ draft, takesPart: isSynchronised(draft) }))
  return SYSTEMS.map((system): Leg => {
    const writes = written.flatMap(({ draft, takesPart }) => writeOf(draft, system, takesPart) ?? [])
    return { system, writes }
  }).filter(({ writes }) => writes.length > 0)
}

/** Whether both sides take the next revision. */
export function isSynchronised({ synchronised, sides, map }: RecordDraft): boolean {
  if (synchronised !== 'IF_MAPPED') return synchronised === 'ALWAYS'
  return SYSTEMS.some((system) => {
    const side = sides[system]
    if (side === undefined) return false
    return side.operation !== 'UPDATE' || Object.keys(side.set).some((column) => mappedColumns(map, system).has(column))
  })
}

/** A change of a part is a change of the whole: it takes the next revision, and so guards the set of its parts. */
function withTouchedWholes(drafts: readonly RecordDraft[]): readonly RecordDraft[] {
  const changed = drafts.flatMap((draft) => {
    const { map, key } = draft
    return map.parent !== null && isSynchronised(draft) ? [nameOf(map.parent, keyOfWhole(key))] : []
  })
  const touched = new Set(changed)
  return drafts.map((draft) =>
    draft.synchronised === 'IF_MAPPED' && touched.has(nameOf(draft.map, draft.key))
      ? { ...draft, synchronised: 'ALWAYS' }
      : draft,
  )
}

function writeOf(draft: RecordDraft, system: System, takesPart: boolean): Write | null {
  const side = draft.sides[system]
  const { map, keys, states, at } = draft
  const { version: base, localVersion: localBase } = states[system]
  const record = { table: map.sides[system].table.table, key: keys[system], base, at }
  if (side === undefined) return takesPart ? { operation: 'CHECK', ...record, revision: base.revision } : null
  if (!takesPart && isEmpty(side)) return null
  const place = { ...record, revision: takesPart ? nextRevision(states) : base.revision }
  switch (side.operation) {
    case 'CREATE':
      return { operation: 'CREATE', ...place, set: side.set }
    case 'UPDATE':
      return { operation: 'UPDATE', ...place, localBase, set: side.set }
    case 'DELETE':
      return { operation: 'DELETE', ...place, localBase }
  }
}

function isEmpty(side: SideDraft): boolean {
  return side.operation === 'UPDATE' && Object.keys(side.set).length === 0
}

function nextRevision(states: SideStates): number {
  return Math.max(states.CRM.version.revision, states.ERP.version.revision) + 1
}

const MAPPED = new WeakMap<TableMap, Readonly<Record<System, ReadonlySet<string>>>>()

/** The columns of a side that hold mapped fields, with their copies and what tells their references apart. */
export function mappedColumns(map: TableMap, system: System): ReadonlySet<string> {
  const known = MAPPED.get(map) ?? { CRM: findMapped(map, 'CRM'), ERP: findMapped(map, 'ERP') }
  MAPPED.set(map, known)
  return known[system]
}

function findMapped(map: TableMap, system: System): ReadonlySet<string> {
  const { columns } = map.sides[system].table
  const names = map.fields.flatMap((field) => {
    if (field.kind !== 'mapped') return []
    const column = field.columns[system]
    const kinds = columns[column]?.references.flatMap(({ when }) => when?.column ?? []) ?? []
    return [column, ...kinds, ...field.copies[system]]
  })
  return new Set(names)
}

/** The writes of a system as they stand, before it is known who takes part: what it would be asked to derive. */
export function draftedWrites(drafts: readonly RecordDraft[], system: System): readonly Write[] {
  return drafts.flatMap((draft) => writeOf(draft, system, false) ?? [])
}
