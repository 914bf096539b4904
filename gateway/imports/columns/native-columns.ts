/** From the columns of a file, or the names in a JSON row, to the columns of one system's own table. Pure. */

import { suggest } from '../../../maps/faults.ts'
import type { Json, Row, Value } from '../../../schema/record.ts'
import type { Column, TableDefinition } from '../../../schema/table.ts'
import type { CellsRow, RecordRow } from '../source/source.ts'
import { formOf } from './bind-columns.ts'
import { readColumn } from './cell-value.ts'
import type { CellFault, ColumnOption, ColumnOptions, ColumnProblem } from './columns.ts'
import { meant } from './map-row.ts'

export type NativeRowRead =
  | { readonly ok: true; readonly set: Row }
  /** `set` has what could be read. */
  | { readonly ok: false; readonly faults: readonly CellFault[]; readonly set: Row }

export interface NativeColumnPlan {
  /** Every fault of the row together. */
  map(row: Pick<CellsRow, 'kind' | 'cells'> | Pick<RecordRow, 'kind' | 'record'>): NativeRowRead
  /** The header of the file's column that gives this column of the table; null for none. */
  headerOf(column: string): string | null
}

export type PlannedNativeColumns =
  | { readonly ok: true; readonly plan: NativeColumnPlan }
  | { readonly ok: false; readonly problems: readonly ColumnProblem[] }

type Values = NonNullable<ColumnOption['values']>

type Resolved =
  | { readonly ok: true; readonly column: Column; readonly values: Values }
  | { readonly ok: false; readonly problem: Omit<ColumnProblem, 'header'> }

/** A value with the column it is for; `header` is null for a constant. */
interface Given {
  readonly header: string | null
  readonly column: Column
  readonly value: Json
}

/** `header` names the cells of each row in their order; null for a file of JSON lines. Tells every problem together. */
export function planNativeColumns(
  table: TableDefinition,
  header: readonly string[] | null,
  options: ColumnOptions = {},
): PlannedNativeColumns {
  const constants = (options.constants ?? []).map(({ to, value }) => ({ to, value, resolved: resolve(table, to) }))
  const asked = (header ?? (options.columns ?? []).map(({ from }) => from)).flatMap((name, at) =>
    targetsOf(table, options, name).map((resolved) => ({ name, at, resolved })),
  )
  const columns = asked.flatMap(({ name, at, resolved }) => (resolved.ok ? [{ ...resolved, name, at }] : []))
  const problems = [
    ...asked.flatMap(({ name, resolved }) => (isLeftOut(resolved, options) ? [] : problemAt(name, resolved))),
    ...(header === null ? [] : missing(header, options)),
    ...twice(columns.map(({ name, column }) => [name, column])),
    ...constants.flatMap(({ to, value, resolved }) => [
      ...problemAt(to, resolved),
      ...badConstant(to, value, resolved, options),
    ]),
  ]
  if (problems.length > 0) return { ok: false, problems }
  const fixed = constants.flatMap(({ value, resolved }): readonly Given[] =>
    resolved.ok ? [{ header: null, column: resolved.column, value }] : [],
  )
  return {
    ok: true,
    plan: {
      map: (row) => {
        if (row.kind === 'CELLS') {
          const cells = columns.map(({ name, at, column, values }) => {
            return { header: name, column, value: meant(values, row.cells[at] ?? '') }
          })
          return read(cells, fixed, options, [])
        }
        const faults: CellFault[] = []
        return read(givenIn(table, row.record, options, faults), fixed, options, faults)
      },
      headerOf: (column) => columns.find((one) => one.column.name === column)?.name ?? null,
    },
  }
}

/** As written, else whatever the letters' case. */
function resolve(table: TableDefinition, name: string, values: Values = {}): Resolved {
  const columns = Object.values(table.columns)
  const alike = columns.filter((column) => column.name.toLowerCase() === name.toLowerCase())
  const column = columns.find((one) => one.name === name) ?? (alike.length === 1 ? alike[0] : undefined)
  if (column === undefined) {
    const known = suggest(
      name,
      columns.map((one) => one.name),
    )
    return {
      ok: false,
      problem: { code: 'UNKNOWN_COLUMN', message: `${table.table} has no column "${name}".${known}` },
    }
  }
  if (!column.generated && !column.computed) return { ok: true, column, values }
  return {
    ok: false,
    problem: { code: 'READ_ONLY', message: `${column.name} is filled by the system: nobody writes it.` },
  }
}

const UNNAMED: Resolved = {
  ok: false,
  problem: { code: 'UNKNOWN_COLUMN', message: 'It is not among the given columns.' },
}

function targetsOf(table: TableDefinition, { columns }: ColumnOptions, name: string): readonly Resolved[] {
  if (columns === undefined) return [resolve(table, name)]
  const named = columns.filter(({ from }) => from === name).map(({ to, values }) => resolve(table, to, values))
  return named.length > 0 ? named : [UNNAMED]
}

/** What was named on purpose is never left out. */
function isLeftOut(resolved: Resolved, { unknown, columns }: ColumnOptions): boolean {
  return unknown === 'IGNORE' && (columns === undefined || resolved === UNNAMED)
}

function problemAt(header: string, resolved: Resolved): readonly ColumnProblem[] {
  return resolved.ok ? [] : [{ ...resolved.problem, header }]
}

function missing(header: readonly string[], { columns }: ColumnOptions): readonly ColumnProblem[] {
  return (columns ?? [])
    .filter(({ from }) => !header.includes(from))
    .map(({ from }) => ({ code: 'UNKNOWN_COLUMN', header: from, message: `The file has no column "${from}".` }))
}

function twice(columns: readonly (readonly [string, Column])[]): readonly ColumnProblem[] {
  return [...Map.groupBy(columns, ([, column]) => column.name)].flatMap(([name, [first, second]]) => {
    if (first === undefined || second === undefined) return []
    const message = `Columns "${first[0]}" and "${second[0]}" both go to ${name}.`
    return [{ code: 'MAPPED_TWICE', header: second[0], message } as const]
  })
}

function badConstant(to: string, value: string, resolved: Resolved, options: ColumnOptions): readonly ColumnProblem[] {
  const found = resolved.ok ? readColumn(resolved.column, value, formOf(options)) : null
  return found === null || found.ok ? [] : [{ code: 'BAD_CONSTANT', header: to, message: `${to} ${found.message}` }]
}

function givenIn(
  table: TableDefinition,
  record: RecordRow['record'],
  options: ColumnOptions,
  faults: CellFault[],
): readonly Given[] {
  return Object.entries(record).flatMap(([name, value]) =>
    targetsOf(table, options, name).flatMap((resolved): readonly Given[] => {
      if (resolved.ok) return [{ header: name, column: resolved.column, value: meant(resolved.values, value) }]
      if (!isLeftOut(resolved, options)) {
        faults.push({ code: 'UNKNOWN_COLUMN', field: [], header: name, message: resolved.problem.message })
      }
      return []
    }),
  )
}

/** Constants stand back where the row itself gives a value. */
function read(
  given: readonly Given[],
  constants: readonly Given[],
  options: ColumnOptions,
  faults: CellFault[],
): NativeRowRead {
  const set: Record<string, Value> = {}
  for (const one of given) {
    const { header, column } = one
    const value = cellOf(one, options, faults)
    if (value === undefined) continue
    if (column.name in set) {
      const message = `${column.name} is given twice.`
      faults.push({ code: 'MAPPED_TWICE', field: [column.name], header, message })
    }
    set[column.name] = value
  }
  if (faults.length === 0 && Object.keys(set).length === 0) {
    faults.push({ code: 'EMPTY_ROW', field: [], header: null, message: 'The row gives no column.' })
  }
  if (faults.length > 0) return { ok: false, faults, set }
  for (const one of constants) set[one.column.name] ??= cellOf(one, options, faults) ?? null
  return { ok: true, set }
}

/** Undefined where the cell says nothing of its column, or is at fault. */
function cellOf({ header, column, value }: Given, options: ColumnOptions, faults: CellFault[]): Value | undefined {
  if (value === null || value === options.clearMarker) return null
  if (typeof value === 'string' && value.trim() === '') return options.blank === 'CLEAR' ? null : undefined
  const found = readColumn(column, value, formOf(options))
  if (found.ok) return found.value
  faults.push({ code: 'VALIDATION', field: [column.name], header, message: `${column.name} ${found.message}` })
  return undefined
}
