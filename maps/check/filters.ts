/** Filters: they parse, creates made through the map pass them, and no two maps claim the same rows. */

import { type Row, SYSTEMS, type System, type Value } from '../../schema/record.ts'
import type { TableDefinition } from '../../schema/table.ts'
import { canonical } from '../../schema/value.ts'
import type { BoundMap } from '../binding.ts'
import { SIDE } from '../definition.ts'
import type { Fault } from '../faults.ts'
import { areDisjoint, type Conjunct, compileFilter } from '../filter.ts'
import { sourcesOf } from '../flow.ts'

/** Of each map by itself. */
export function checkFilters(map: BoundMap): readonly Fault[] {
  return SYSTEMS.flatMap((system) => {
    const table = map.sides[system]
    const { filter } = map.definition[SIDE[system]]
    if (table === undefined || filter === undefined) return []
    const path = [SIDE[system], 'filter']
    const compiled = compileFilter(filter, table)
    if (!compiled.ok) return compiled.faults.map(({ at, message }) => map.source.fault(path, message, at))
    const { open, row } = created(map, system, table)
    const failing = compiled.conjuncts.filter(
      ({ columns, holds }) => ![...columns].some((column) => open.has(column)) && !holds(row),
    )
    const message = 'A record that the map creates here would not pass: a constant must make this true'
    return failing.map(({ at }) => map.source.fault(path, message, at))
  })
}

/** What is known of a row that the map creates: constants and defaults; `open` are the columns that fields or the system fill. */
function created(
  { definition, keys, fields }: BoundMap,
  system: System,
  table: TableDefinition,
): { readonly open: ReadonlySet<string>; readonly row: Row } {
  const { constants } = definition[SIDE[system]]
  const bound = [...keys, ...fields].flatMap((field) => [...sourcesOf(field, system), ...field.copies[system]])
  const filled = Object.values(table.columns).filter((column) => column.generated || column.computed)
  const values = Object.values(table.columns).map((column): [string, Value] => {
    const fitting = canonical(column, constants[column.name] ?? column.default ?? null)
    return [column.name, fitting.ok ? fitting.value : null]
  })
  const open = new Set([...bound.map(({ column }) => column), ...filled].map(({ name }) => name))
  return { open, row: Object.fromEntries(values) }
}

/** Two maps over one table must be told apart by their filters. */
export function checkOverlaps(maps: readonly BoundMap[]): readonly Fault[] {
  return SYSTEMS.flatMap((system) =>
    maps.flatMap((map, index) =>
      maps.slice(0, index).flatMap((earlier) => {
        if (map.sides[system] === undefined || map.sides[system] !== earlier.sides[system]) return []
        const [mine, theirs] = [conjunctsOf(map, system), conjunctsOf(earlier, system)]
        if (mine === null || theirs === null || areDisjoint(mine, theirs)) return []
        const { filter, table } = map.definition[SIDE[system]]
        const message = `Records of ${table} may belong to map "${earlier.definition.map}" as well: the filters must exclude each other by one column with two values`
        return [map.source.fault([SIDE[system], filter === undefined ? 'table' : 'filter'], message)]
      }),
    ),
  )
}

/** None for a side without a filter; null where the filter does not compile, which is a fault of its own. */
function conjunctsOf(map: BoundMap, system: System): readonly Conjunct[] | null {
  const table = map.sides[system]
  const { filter } = map.definition[SIDE[system]]
  if (filter === undefined) return []
  const compiled = table === undefined ? null : compileFilter(filter, table)
  return compiled?.ok === true ? compiled.conjuncts : null
}
