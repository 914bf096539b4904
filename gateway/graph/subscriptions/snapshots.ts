/** The records that are there, read through the graph itself: its lists join both systems, as changes do. */

import type { GraphQLResponse } from '@apollo/server'
import type { MapSet, TableMap } from '../../../maps/model.ts'
import type { Json } from '../../../schema/record.ts'
import { fittingRows } from '../../changes/feed/chunk-size.ts'
import type { SnapshotRow } from '../../changes/feed/feed.ts'
import type { SnapshotChunk, SnapshotSource } from '../../changes/feed/snapshot-source.ts'
import { Silence } from '../../coordinator/silence.ts'
import { type ListFilter, listFilter, matchesValues } from './snapshot-filter.ts'

interface ListRequest {
  readonly query: string
  readonly variables: { readonly filter: ListFilter; readonly first: number; readonly after: string | null }
}

/** Executes a query of this graph. */
export type ExecuteList = (request: ListRequest) => Promise<GraphQLResponse>

type Node = Readonly<Record<string, Json>> & { readonly id: string; readonly revision: number }

/** What the query of {@link listQuery} answers. */
interface Listed {
  readonly records: {
    readonly edges: readonly { readonly cursor: string; readonly node: Node }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

const NOTHING: SnapshotChunk = { rows: [], next: null }

export function createSnapshotSource(
  mapSet: MapSet,
  { pageSizeMax }: { readonly pageSizeMax: number },
  execute: ExecuteList,
): SnapshotSource {
  const queries = new Map(mapSet.maps.map((map) => [map.entity, listQuery(map)]))
  return {
    entities: [...queries.keys()],
    async chunk(entity, filter, after, size) {
      const map = mapSet.byEntity.get(entity)
      const query = queries.get(entity)
      if (map === undefined || query === undefined) throw new RangeError(`no entity ${entity}`)
      const chosen = listFilter(mapSet, map, filter)
      if (chosen === null) return NOTHING
      const variables = { filter: chosen, first: Math.min(size.rowsMax, pageSizeMax), after }
      const { edges, pageInfo } = listedIn(await execute({ query, variables }), entity).records
      const read = edges.map(({ cursor, node }) => ({ cursor, row: snapshotRow(map, node) }))
      const found = read.filter(({ row }) => matchesValues(filter, row.record))
      const rows = found.map(({ row }) => row)
      const fitting = fittingRows(rows, size)
      const end = pageInfo.hasNextPage ? pageInfo.endCursor : null
      return { rows: rows.slice(0, fitting), next: fitting < rows.length ? (found[fitting - 1]?.cursor ?? null) : end }
    },
  }
}

/** In the order of keys, which is that of every list that asks for no other. */
function listQuery({ entity, plural, fields }: TableMap): string {
  const selected = fields.map(({ name, type }) => {
    if (type.kind === 'reference') return `${name} { id }`
    if (type.kind !== 'polymorphic') return name
    return `${name} { ${type.entities.map((target) => `... on ${target} { id }`).join(' ')} }`
  })
  return `query Snapshot($filter: ${entity}Filter, $first: Int, $after: String) {
    records: ${plural}(filter: $filter, first: $first, after: $after) {
      edges { cursor node { id revision ${selected.join(' ')} } }
      pageInfo { hasNextPage endCursor }
    }
  }`
}

/** A chunk is whole or not at all: a field that is missing would look like one that is empty. */
function listedIn({ body }: GraphQLResponse, entity: string): Listed {
  if (body.kind !== 'single') throw new TypeError('no list is answered in parts')
  const { data, errors = [] } = body.singleResult
  const silence = errors.find(({ extensions }) => extensions?.['code'] === 'SYSTEM_UNAVAILABLE')
  if (silence !== undefined) throw new Silence(silence.message)
  if (errors.length > 0 || data == null) throw new Error(`A snapshot of ${entity} failed: ${errors[0]?.message}`)
  return data as unknown as Listed
}

function snapshotRow(map: TableMap, node: Node): SnapshotRow {
  const { entity, fields, key, scope } = map
  const record = Object.fromEntries(
    fields.map(({ name, type }) => {
      const isReference = type.kind === 'reference' || type.kind === 'polymorphic'
      return [name, isReference ? targetOf(node[name]) : (node[name] ?? null)]
    }),
  )
  const company = scope === 'company' ? record[key[0]?.name ?? ''] : null
  return {
    entity,
    id: node.id,
    company: typeof company === 'string' ? company : null,
    revision: node.revision,
    record,
  }
}

function targetOf(target: Json | undefined): Json {
  return (target as { readonly id: string } | null | undefined)?.id ?? null
}
