/** Plans how the columns of a file become inputs of an entity. */

import type { MapSet, TableMap } from '../../../maps/model.ts'
import type { Leaf } from './assemble.ts'
import { type BoundColumn, bindHeader, bindNames, type Planning, planConstants } from './bind-columns.ts'
import type { ColumnOptions, ColumnPlan, PlannedColumns } from './columns.ts'
import { mapCells, mapRecord } from './map-row.ts'
import { createResolver } from './resolver.ts'

/** `header` names the cells of each row in their order; null for a file of JSON lines. Tells every problem together. */
export function planColumns(
  mapSet: MapSet,
  map: TableMap,
  header: readonly string[] | null,
  options: ColumnOptions = {},
): PlannedColumns {
  const planning = { mapSet, map, options, resolver: createResolver(mapSet, map) }
  const constants = planConstants(planning)
  const bound = header === null ? bindNames(planning) : bindHeader(planning, header)
  const problems = [...bound.problems, ...constants.problems]
  if (problems.length > 0) return { ok: false, problems }
  const lists = header === null ? [] : bound.columns.flatMap(({ target }) => target.list ?? [])
  return { ok: true, plan: { lists: [...new Set(lists)], ...planOf(planning, bound.columns, constants.leaves) } }
}

function planOf(
  planning: Planning,
  columns: readonly BoundColumn[],
  constants: readonly Leaf[],
): Omit<ColumnPlan, 'lists'> {
  const headers = new Map(columns.map(({ header, target }) => [target.name, header]))
  return {
    map: (row) =>
      row.kind === 'CELLS'
        ? mapCells(planning, columns, constants, row.cells)
        : mapRecord(planning, columns, constants, row.record),
    headerOf: (path) => {
      const named = path.filter((step) => !/^\d+$/.test(step))
      for (let length = named.length; length > 0; length -= 1) {
        const at = named.slice(0, length).join('.')
        const found = headers.get(at) ?? [...headers].find(([one]) => one.startsWith(`${at}.`))?.[1]
        if (found !== undefined) return found
      }
      return null
    },
  }
}
