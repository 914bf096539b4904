/** Values that belong to one row, put together as the input of its entity. */

import type { Value } from '../../../schema/participant.ts'
import type { CellFault, MappedRow } from './columns.ts'
import type { Target } from './target.ts'

/** One value and where it goes; null clears. */
export interface Leaf {
  readonly target: Target
  /** Which record of the target's list; 0 for the whole. */
  readonly at: number
  readonly value: Value
  /** Null for a constant. */
  readonly header: string | null
}

/** Constants stand back where the row itself gives a value. */
export function assemble(leaves: readonly Leaf[], faults: readonly CellFault[]): MappedRow {
  const places = Map.groupBy(leaves, placeOf)
  const twice = [...places.values()].flatMap(givenTwice)
  const chosen = [...places.values()].flatMap((same) => same.find(({ header }) => header !== null) ?? same[0] ?? [])
  const id = chosen.find(({ target }) => target.field === null)?.value
  const fields = chosen.filter(({ target }) => target.field !== null)
  const input = recordOf(fields.filter(({ target }) => target.list === null))
  const found = [...faults, ...twice]
  if (found.length > 0) return { ok: false, faults: found, input: Object.fromEntries(input) }
  if (chosen.every(({ header }) => header === null)) {
    const empty = { code: 'EMPTY_ROW', field: [], header: null, message: 'The row gives no field.' } as const
    return { ok: false, faults: [empty], input: {} }
  }
  for (const [list, parts] of Map.groupBy(
    fields.filter(({ target }) => target.list !== null),
    ({ target }) => target.list,
  )) {
    const records = partsOf(parts)
    if (list !== null && records.length > 0) input.set(list, records)
  }
  return { ok: true, id: typeof id === 'string' ? id : null, input: Object.fromEntries(input) }
}

const placeOf = ({ target, at }: Leaf) => JSON.stringify([target.path, at])

function givenTwice(same: readonly Leaf[]): readonly CellFault[] {
  const [first, second] = same.filter(({ header }) => header !== null)
  if (first === undefined || second === undefined) return []
  const field = first.target.path
  const message = `${field.join('.')} is given twice, by "${first.header}" and by "${second.header}".`
  return [{ code: 'MAPPED_TWICE', field, header: second.header, message }]
}

/** In the order of the row; those that nothing but clearings and constants speak of are none. */
function partsOf(leaves: readonly Leaf[]): readonly object[] {
  const parts = [...Map.groupBy(leaves, ({ at }) => at)].toSorted(([one], [other]) => one - other)
  return parts
    .filter(([, given]) => given.some(({ value, header }) => value !== null && header !== null))
    .map(([, given]) => Object.fromEntries(recordOf(given)))
}

function recordOf(leaves: readonly Leaf[]): Map<string, unknown> {
  const record = new Map<string, unknown>()
  for (const [field, given] of Map.groupBy(leaves, ({ target }) => target.field?.name ?? '')) {
    const value = given[0]?.target.member === null ? given[0].value : referenceOf(given)
    if (value !== undefined) record.set(field, value)
  }
  return record
}

/** Null where what tells the record is cleared; undefined where nothing tells it. */
function referenceOf(members: readonly Leaf[]): object | null | undefined {
  const telling = members.filter(({ target }) => target.member?.tells === true)
  if (telling.length === 0) return undefined
  if (telling.every(({ value }) => value === null)) return null
  const given = members.filter(({ value }) => value !== null)
  return Object.fromEntries(given.map(({ target, value }) => [target.member?.name ?? '', value]))
}
