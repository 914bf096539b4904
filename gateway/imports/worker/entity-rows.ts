/** Rows of an entity: what is asked of `sync` for each, and which records it touches. Pure. */

import { decodeId, keyValue } from '../../../maps/identity.ts'
import type { Field, MapSet, TableMap, UnifiedRecord } from '../../../maps/model.ts'
import { SYSTEMS } from '../../../schema/record.ts'
import { idOf } from '../../sync/key.ts'
import { namesOfMatch } from '../../sync/match.ts'
import { readKey, readOperations, type WholeIntent } from '../../sync/operation.ts'
import { shapeRefusals } from '../../sync/row-shape.ts'
import { reachOf } from '../../sync/turns.ts'
import type { RowWrite } from '../../sync/write.ts'
import type { ColumnPlan, MappedRow } from '../columns/columns.ts'
import type { JobDefinition } from '../job/definition.ts'
import { faulty, type Meant, type RowContent, type RowReader, readRow, reasonOf, TOUCHES_NOTHING } from './read-row.ts'

interface EntityRows {
  readonly mapSet: MapSet
  readonly map: TableMap
  readonly operation: JobDefinition['operation']
  readonly matchBy: JobDefinition['matchBy']
  readonly plan: ColumnPlan
}

export function entityRows(rows: EntityRows): RowReader {
  const { plan } = rows
  return {
    lists: plan.lists,
    read: (row) =>
      readRow(row, (content) => {
        const mapped = plan.map(content)
        return mapped.ok ? contentOf(rows, mapped) : faulty(mapped.faults.map(reasonOf), recordOf(rows, mapped))
      }),
    fieldOf: (path) => {
      if (path[0] === 'options') return null
      const own = (path[0] === 'input' ? path.slice(1) : path).filter((step) => step !== 'replace')
      return own.length === 0 ? null : (plan.headerOf(own) ?? own.join('.'))
    },
  }
}

function contentOf(rows: EntityRows, mapped: Extract<MappedRow, { ok: true }>): RowContent {
  const write = writeOf(rows, mapped)
  if (write === null) {
    const message = `"${mapped.id}" is not the id of a ${rows.map.entity}`
    return faulty([{ code: 'NOT_FOUND', field: rows.plan.headerOf(['id']), system: null, message }])
  }
  return { kind: 'ENTITY', write, ...meantBy(rows, write) }
}

/** By what could be read of a row at fault. */
function recordOf(rows: EntityRows, read: Pick<MappedRow, 'id' | 'input'>): string | null {
  const write = writeOf(rows, read)
  return write === null ? null : meantBy(rows, write).record
}

/** Null for an id that is none of the entity's, where the key is taken from it. */
function writeOf(
  { mapSet, map, operation, matchBy }: EntityRows,
  { id, input }: Pick<MappedRow, 'id' | 'input'>,
): RowWrite | null {
  const write = { entity: map.entity, expectedRevision: null, ...(matchBy === null ? {} : { matchBy }) }
  switch (operation) {
    case 'CREATE':
    case 'UPSERT': {
      const key = id === null ? {} : keyIn(map, id)
      return key === null ? null : { ...write, operation, id: null, input: { ...key, ...input } }
    }
    case 'UPDATE':
      return { ...write, operation, id, input: withWholeLists(mapSet, map, input) }
    case 'DELETE':
      return { ...write, operation, id, input: naming(map, matchBy, input) }
  }
}

/** The fields of the key that an id stands for. */
function keyIn(map: TableMap, id: string): RowWrite['input'] | null {
  const decoded = decodeId(id)
  if (decoded === null || decoded.entity !== map.entity || decoded.key.length !== map.key.length) return null
  return Object.fromEntries(map.key.map((field, at) => [field.name, keyValue(field, decoded.key[at] ?? '')]))
}

/** Of what a row gives only what names its record. */
function naming(map: TableMap, matchBy: JobDefinition['matchBy'], input: RowWrite['input']): RowWrite['input'] {
  const names = new Set([...map.key.map(({ name }) => name), ...(matchBy ?? [])])
  return Object.fromEntries(Object.entries(input).filter(([name]) => names.has(name)))
}

/** The parts that a row gives are all that the record is to have, as for an upsert. */
function withWholeLists(mapSet: MapSet, map: TableMap, input: RowWrite['input']): RowWrite['input'] {
  const lists = mapSet.partsOf(map.entity).flatMap(({ parent }) => {
    const list = parent?.list ?? ''
    return list in input ? [[list, { replace: input[list] }]] : []
  })
  return lists.length === 0 ? input : { ...input, ...Object.fromEntries(lists) }
}

/**
 * Of what a row gives what names its record, and what may refer to records of its own kind: this job writes no others, so that nothing
 * else has to be looked at to know what the row touches.
 */
function ofOwnKind(mapSet: MapSet, map: TableMap, { input, matchBy = [] }: RowWrite): RowWrite['input'] {
  const lists = mapSet.partsOf(map.entity).filter((part) => part.fields.some((field) => mayRefer(field, map)))
  const isOfOwnKind = (name: string) => {
    const field = map.field.get(name)
    if (field === undefined) return lists.some(({ parent }) => parent?.list === name)
    return field.kind === 'key' || matchBy.includes(name) || mayRefer(field, map)
  }
  return Object.fromEntries(Object.entries(input).filter(([name]) => isOfOwnKind(name)))
}

function mayRefer({ kind, type }: Field, { entity }: TableMap): boolean {
  if (kind === 'key') return false
  return type.kind === 'reference'
    ? type.entity === entity
    : type.kind === 'polymorphic' && type.entities.includes(entity)
}

/** `id` is that of the record, where its key is complete; `more` are references that it has besides. */
export function meantBy(
  { mapSet, map }: Pick<EntityRows, 'mapSet' | 'map'>,
  write: RowWrite,
  more: UnifiedRecord = {},
): Meant & { readonly id: string | null } {
  const nothing = { touches: TOUCHES_NOTHING, record: null, id: write.id }
  const asked = { ...write, input: ofOwnKind(mapSet, map, write), as: null, at: [] }
  if (shapeRefusals(mapSet, map, asked).length > 0) return nothing
  const { key } = readKey(mapSet, write.id === null ? { ...asked, operation: 'UPSERT' } : asked)
  const [whole] = readOperations(mapSet, [{ asked, map, key, refusals: [] }])
  if (whole === undefined) return nothing
  const { writes, refers } = reachOf(mapSet, { ...whole, given: { ...more, ...whole.given } })
  const own = SYSTEMS.map((system) => `${system} ${map.sides[system].table.table} `)
  const touches = { writes, refers: refers.filter((name) => own.some((start) => name.startsWith(start))) }
  return { touches, record: recordNamed(map, whole, writes), id: idOf(map, key) }
}

/** Rows of one unique value mean one record, whatever else they give. */
function recordNamed(map: TableMap, { match, refusals }: WholeIntent, writes: readonly string[]): string | null {
  if (match === null) return writes[0] ?? null
  return refusals.length > 0 ? null : (namesOfMatch(map, match)[0] ?? null)
}
