import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChangeFilter, SnapshotRow } from '../../gateway/changes/feed/feed.ts'
import type { ChunkSize, SnapshotSource } from '../../gateway/changes/feed/snapshot-source.ts'
import { EVERYTHING } from '../../gateway/changes/feed/told.fixture.ts'
import { refsOf } from '../../gateway/graph/unified/sync-state.ts'
import type { TableMap } from '../../maps/model.ts'
import { unify } from '../../maps/translate.ts'
import { SYSTEMS } from '../../schema/record.ts'
import { NO_FEED } from './no-feed.ts'
import { type RunningGraph, startGraph } from './running-graph.ts'

let graph: RunningGraph
let snapshots: SnapshotSource

async function startSnapshots() {
  const given = Promise.withResolvers<SnapshotSource>()
  const graph = await startGraph((source) => {
    given.resolve(source)
    return NO_FEED
  })
  return { graph, snapshots: await given.promise }
}

beforeAll(async () => {
  const started = await startSnapshots()
  graph = started.graph
  snapshots = started.snapshots
})

afterAll(() => graph.close())

const sizeOf = (rowsMax: number, bytesMax = 1_000_000): ChunkSize => ({ rowsMax, bytesMax })

async function readAll(
  entity: string,
  given: Partial<ChangeFilter> = {},
  size: ChunkSize = sizeOf(500),
): Promise<readonly SnapshotRow[]> {
  const rows: SnapshotRow[] = []
  for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
    const chunk = await snapshots.chunk(entity, { ...EVERYTHING, ...given }, after, size)
    expect(chunk.rows.length).toBeLessThanOrEqual(size.rowsMax)
    rows.push(...chunk.rows)
    after = chunk.next
  }
  return rows
}

const countOf = async ({ plural }: TableMap) => {
  const { list } = await graph.run<{ list: { totalCount: number } }>(`{ list: ${plural} { totalCount } }`)
  return list.totalCount
}

/** The fields of both systems' rows: what is mapped as the side shows it that the map reads from. */
async function storedRecord(map: TableMap, id: string) {
  const refs = refsOf(map, id)
  const sides = SYSTEMS.map(async (system) => {
    const participant = graph.participants.get(system)
    if (refs === null || participant === undefined) throw new TypeError(`no record ${id}`)
    const [state] = await participant.read([refs[system]])
    return [system, state?.row == null ? {} : unify(graph.mapSet, map, system, state.row)] as const
  })
  const unified = new Map(await Promise.all(sides))
  const entries = map.fields.map((field) => {
    const system = field.kind === 'own' ? field.system : map.reads
    return [field.name, unified.get(system)?.[field.name] ?? null] as const
  })
  return Object.fromEntries(entries)
}

describe('a snapshot', () => {
  it('knows every entity', () => {
    expect(snapshots.entities).toEqual([...graph.mapSet.byEntity.keys()])
  })

  it('has each record once, however it is cut into chunks', async () => {
    for (const map of graph.mapSet.maps) {
      const count = await countOf(map)
      const rows = await readAll(map.entity, {}, sizeOf(Math.max(7, Math.ceil(count / 5))))
      expect(rows).toHaveLength(count)
      expect(new Set(rows.map(({ id }) => id)).size).toBe(count)
    }
  })

  it('has each record once, whichever bytes its chunks may have', async () => {
    const all = await readAll('CustomerGroup')
    expect(await readAll('CustomerGroup', {}, sizeOf(500, 1_000))).toEqual(all)
    const { rows } = await snapshots.chunk('CustomerGroup', EVERYTHING, null, sizeOf(500, 1_000))
    expect(rows.length).toBeLessThan(all.length)
  })

  it('shows each record as changes do: every field of both systems, references by id', async () => {
    for (const map of graph.mapSet.maps) {
      const { rows } = await snapshots.chunk(map.entity, EVERYTHING, null, sizeOf(5))
      expect(rows).not.toEqual([])
      for (const { entity, id, company, revision, record } of rows) {
        expect(record).toEqual(await storedRecord(map, id))
        expect(entity).toBe(map.entity)
        expect(company).toBe(map.scope === 'company' ? record[map.key[0]?.name ?? ''] : null)
        expect(revision).toBe(1)
      }
    }
  })

  it('has what matches the filter', async () => {
    const all = await readAll('Customer')
    const [one, other] = all
    if (one === undefined || other === undefined) throw new Error('no customers')
    const ids = [one.id, other.id]
    expect(await readAll('Customer', { ids })).toEqual([one, other])
    const inCompany = all.filter(({ company }) => company === 'usmf')
    expect(inCompany).not.toEqual([])
    expect(await readAll('Customer', { companies: ['usmf'] })).toEqual(inCompany)
  })

  it.each([
    ['a reference', 'group'],
    ['a choice', 'language'],
    ['a field of the other system alone', 'salesTaxGroup'],
    ['yes or no', 'oneTimeCustomer'],
  ])('has what holds the values asked for: %s', async (_, field) => {
    const all = await readAll('Customer')
    const value = all.map(({ record }) => record[field] ?? null).find((one) => one !== null)
    if (value === undefined || value === null) throw new Error(`no customer has a ${field}`)
    const matching = all.filter(({ record }) => record[field] === value)
    expect(await readAll('Customer', { values: [{ field, in: [value] }] })).toEqual(matching)
  })

  it('goes on in another process, from where one left off', async () => {
    const first = await snapshots.chunk('Customer', EVERYTHING, null, sizeOf(3))
    const other = await startSnapshots()
    const next = await other.snapshots.chunk('Customer', EVERYTHING, first.next, sizeOf(3))
    await other.graph.close()
    const all = await graph.run<{ customers: { edges: { node: { id: string } }[] } }>(
      '{ customers(first: 6) { edges { node { id } } } }',
    )
    expect([...first.rows, ...next.rows].map(({ id }) => id)).toEqual(all.customers.edges.map(({ node }) => node.id))
  })
})
