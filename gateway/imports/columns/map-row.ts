/** One row, with cells or of JSON, as an input. */

import type { Json } from '../../../schema/record.ts'
import type { RecordObject } from '../source/source.ts'
import { assemble, type Leaf } from './assemble.ts'
import { type BoundColumn, formOf, type Planning } from './bind-columns.ts'
import { readValue } from './cell-value.ts'
import type { CellFault, ColumnOptions, MappedRow } from './columns.ts'
import { jsonLeaves } from './json-leaves.ts'

export function mapCells(
  planning: Planning,
  columns: readonly BoundColumn[],
  constants: readonly Leaf[],
  cells: readonly string[],
): MappedRow {
  const faults: CellFault[] = []
  const leaves = columns.flatMap(({ header, at, target, values }) => {
    const cell = cells[at ?? -1] ?? ''
    const read = readLeaf(planning, { target, at: 0, value: meant(values, cell), header }, faults)
    return read === null ? [] : [read]
  })
  return assemble([...leaves, ...constants], faults)
}

export function mapRecord(
  planning: Planning,
  columns: readonly BoundColumn[],
  constants: readonly Leaf[],
  record: RecordObject,
): MappedRow {
  const { options } = planning
  const valuesAt = (name: string) => columns.find(({ target }) => target.name === name)?.values ?? {}
  const faults: CellFault[] = []
  const leaves: Leaf[] = []
  for (const { to, from, value } of wantedOf(options, record)) {
    if (to === null) {
      if (options.unknown !== 'IGNORE') faults.push(unknownName(from, 'It is not among the given columns.'))
      continue
    }
    for (const leaf of jsonLeaves(planning, to, value, from)) {
      if ('fault' in leaf) faults.push(leaf.fault)
      else if (!leaf.resolved.ok) {
        if (options.unknown !== 'IGNORE') faults.push(unknownName(leaf.header, leaf.resolved.message))
      } else {
        const { target } = leaf.resolved
        const value = meant(valuesAt(target.name), leaf.value)
        const read = readLeaf(planning, { ...leaf, target, value }, faults)
        if (read !== null) leaves.push(read)
      }
    }
  }
  // A list of parts has its constants in each of them.
  const spread = constants.flatMap((constant) => {
    const places = leaves.filter(({ target }) => target.list === constant.target.list).map(({ at }) => at)
    return constant.target.list === null ? [constant] : [...new Set(places)].map((at) => ({ ...constant, at }))
  })
  return assemble([...leaves, ...spread], faults)
}

/** What the text of a cell stands for in its column. */
export function meant(values: Readonly<Record<string, string>>, value: Json): Json {
  return typeof value === 'string' && Object.hasOwn(values, value) ? (values[value] ?? value) : value
}

interface Wanted {
  /** Null for a name that no column speaks of. */
  readonly to: string | null
  readonly from: string
  readonly value: Json
}

function wantedOf({ columns }: ColumnOptions, record: RecordObject): readonly Wanted[] {
  if (columns === undefined) return Object.entries(record).map(([name, value]) => ({ to: name, from: name, value }))
  const known = new Set(columns.flatMap(({ from }) => [from, from.split('.')[0]]))
  const others = Object.entries(record).filter(([name]) => !known.has(name))
  return [
    ...columns.flatMap(({ from, to }) => {
      const value = valueAt(record, from)
      return value === undefined ? [] : [{ to, from, value }]
    }),
    ...others.map(([name, value]) => ({ to: null, from: name, value })),
  ]
}

function valueAt(record: RecordObject, from: string): Json | undefined {
  if (Object.hasOwn(record, from)) return record[from]
  let value: Json | undefined = record
  for (const step of from.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as RecordObject)[step]
  }
  return value
}

interface Unread extends Omit<Leaf, 'value' | 'header'> {
  readonly value: Json
  readonly header: string
}

/** Null where the cell says nothing of its field, or is at fault. */
function readLeaf(
  { mapSet, options }: Planning,
  { target, at, value, header }: Unread,
  faults: CellFault[],
): Leaf | null {
  if (value === null || value === options.clearMarker) return { target, at, value: null, header }
  if (typeof value === 'string' && value.trim() === '') {
    return options.blank === 'CLEAR' ? { target, at, value: null, header } : null
  }
  const read = readValue(mapSet, target, value, formOf(options))
  if (read.ok) return { target, at, value: read.value, header }
  faults.push({ code: 'VALIDATION', field: target.path, header, message: `${target.name} ${read.message}` })
  return null
}

function unknownName(header: string, message: string): CellFault {
  return { code: 'UNKNOWN_COLUMN', field: [], header, message }
}
