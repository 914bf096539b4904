/** Which column goes where, checked as far as it can be without the file: pure. */

import { unknownColumn } from '../../../maps/faults.ts'
import type { MapSet } from '../../../maps/model.ts'
import type { ColumnOption, ColumnOptions, ColumnProblem } from '../columns/columns.ts'
import { planColumns } from '../columns/plan-columns.ts'
import type { ImportTarget } from '../job/definition.ts'
import { type Asked, checked, type ImportProblem, problem } from './asked.ts'
import type { ColumnRequest, ImportRequest } from './import-request.ts'

type Mark = NonNullable<ColumnOptions['decimalMark']>
const MARKS: readonly Mark[] = ['.', ',']

/** Without a target the columns themselves are not checked. */
export function readColumns(mapSet: MapSet, target: ImportTarget | null, request: ImportRequest): Asked<ColumnOptions> {
  const { columns, constants, clearMarker } = request
  const decimalMark = MARKS.find((one) => one === request.decimalMark)
  const options: ColumnOptions = {
    unknown: request.unknownColumns ?? 'REFUSE',
    blank: request.blank ?? 'LEAVE',
    ...(columns == null ? {} : { columns: columns.map(columnOf) }),
    ...(constants == null ? {} : { constants }),
    ...(clearMarker == null ? {} : { clearMarker }),
    ...(decimalMark === undefined ? {} : { decimalMark }),
  }
  return checked(options, [
    ...(request.decimalMark != null && decimalMark === undefined
      ? [problem('VALIDATION', 'A decimal mark is a point or a comma.', 'input', 'decimalMark')]
      : []),
    ...(clearMarker === ''
      ? [problem('VALIDATION', 'A marker has text: for blank cells there is `blank`.', 'input', 'clearMarker')]
      : []),
    ...columnProblems(mapSet, target, options, request),
  ])
}

function columnOf({ from, to, values }: ColumnRequest): ColumnOption {
  if (values == null) return { from, to }
  return { from, to, values: Object.fromEntries(values.map((cell) => [cell.from, cell.to])) }
}

function columnProblems(
  mapSet: MapSet,
  target: ImportTarget | null,
  options: ColumnOptions,
  request: ImportRequest,
): readonly ImportProblem[] {
  switch (target?.kind) {
    case undefined:
      return []
    case 'NATIVE':
      return nativeProblems(mapSet, target, options)
    case 'ENTITY':
      return entityProblems(mapSet, target.entity, options, headerOf(request))
  }
}

/** What is known of the file's header; null for JSON lines and rows given inline, whose values may be lists. */
type Header = readonly string[] | 'UNKNOWN' | null

function headerOf({ source, format, csv }: ImportRequest): Header {
  if (source.rows != null || format === 'JSONL') return null
  return csv?.header ?? (format === 'CSV' ? 'UNKNOWN' : null)
}

function entityProblems(
  mapSet: MapSet,
  entity: string,
  { columns = [], constants = [], ...rest }: ColumnOptions,
  header: Header,
): readonly ImportProblem[] {
  const map = mapSet.byEntity.get(entity)
  if (map === undefined) return []
  const plan = (named: readonly string[] | null, options: ColumnOptions) => {
    const planned = planColumns(mapSet, map, named, { ...rest, ...options })
    return planned.ok ? [] : planned.problems
  }
  const alone = [
    ...columns.flatMap((column, at) =>
      plan(header === null ? null : [column.from], { columns: [column] }).map((found) =>
        asProblem(found, 'columns', String(at), 'to'),
      ),
    ),
    ...constants.flatMap((constant, at) =>
      plan(null, { columns: [], constants: [constant] }).map((found) =>
        asProblem(found, 'constants', String(at), found.code === 'BAD_CONSTANT' ? 'value' : 'to'),
      ),
    ),
  ]
  if (alone.length > 0) return alone
  const names = header === 'UNKNOWN' ? [...new Set(columns.map(({ from }) => from))] : header
  if (names !== null && names.length === 0) return []
  const isNamed = columns.length > 0
  return plan(names, isNamed ? { columns } : {}).map((found) => {
    const at = columns.findLastIndex(({ from }) => from === found.header)
    if (at >= 0) return asProblem(found, 'columns', String(at), 'from')
    return asProblem(found, 'csv', 'header', String(names?.indexOf(found.header) ?? 0))
  })
}

function asProblem({ code, message }: ColumnProblem, ...path: readonly string[]): ImportProblem {
  return problem(code, message, 'input', ...path)
}

function nativeProblems(
  mapSet: MapSet,
  { system, table }: Extract<ImportTarget, { kind: 'NATIVE' }>,
  { columns = [], constants = [] }: ColumnOptions,
): readonly ImportProblem[] {
  const definition = mapSet.tables[system].get(table)
  if (definition === undefined) return []
  const wrong = (list: 'columns' | 'constants') => (one: { readonly to: string }, at: number) =>
    Object.hasOwn(definition.columns, one.to)
      ? []
      : [problem('UNKNOWN_COLUMN', unknownColumn(definition, one.to), 'input', list, String(at), 'to')]
  return [...columns.flatMap(wrong('columns')), ...constants.flatMap(wrong('constants'))]
}
