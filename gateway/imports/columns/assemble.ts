/** Values that belong to one row, put together as the input of its entity. */

import type { Value } from '../../../schema/record.ts'
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
  const { chosen, twice } = choose(leaves)
  const named = chosen.find(({ target }) => target.field === null)?.value
  const id = typeof named === 'string' ? named : null
  const fields = chosen.filter(({ target }) => target.field !== null)
  const input = recordOf(fields.filter(({ target }) => target.list === null))
  const found = [...faults, ...twice]
  if (found.length > 0) return { ok: false, faults: found, id, input: Object.fromEntries(input) }
  if (chosen.every(({ header }) => header === null)) {
    const empty = { code: 'EMPTY_ROW', field: [], header: null, message: 'The row gives no field.' } as const
    return { ok: false, faults: [empty], id: null, input: {} }
  }
  for (const [list, parts] of Map.groupBy(
    fields.filter(({ target }) => target.list !== null),
    ({ target }) => target.list,
  )) {
    const records = partsOf(parts)
    if (list !== null && records.length > 0) input.set(list, records)
  }
  return { ok: true, id, input: Object.fromEntries(input) }
}

interface Choice {
  /** One for each place, in the order in which places come first. */
  readonly chosen: readonly Leaf[]
  readonly twice: readonly CellFault[]
}

/** What the row itself says of a place, the first time that it does; else a constant. */
function choose(leaves: readonly Leaf[]): Choice {
  const places = new Map<string, Leaf>()
  const twice = new Map<string, CellFault>()
  for (const leaf of leaves) {
    const place = leaf.at === 0 ? leaf.target.name : `${leaf.at} ${leaf.target.name}`
    const first = places.get(place)
    if (first === undefined || (first.header === null && leaf.header !== null)) places.set(place, leaf)
    else if (leaf.header !== null && !twice.has(place)) twice.set(place, givenTwice(first, leaf))
  }
  return { chosen: [...places.values()], twice: [...twice.values()] }
}

function givenTwice({ target, header: first }: Leaf, { header: second }: Leaf): CellFault {
  const message = `${target.name} is given twice, by "${first}" and by "${second}".`
  return { code: 'MAPPED_TWICE', field: target.path, header: second, message }
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
  const references = new Map<string, Leaf[]>()
  for (const leaf of leaves) {
    const field = leaf.target.field?.name ?? ''
    if (leaf.target.member === null) {
      record.set(field, leaf.value)
      continue
    }
    const members = references.get(field)
    if (members === undefined) references.set(field, [leaf])
    else members.push(leaf)
  }
  for (const [field, members] of references) {
    const value = referenceOf(members)
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
