import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { assertObjectType, buildSchema, type GraphQLSchema } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageRoot } from '../../maps/load.ts'
import { type RunningGraph, startGraph } from './running-graph.ts'
import { changeMessage, changeOf, createSampleFeed } from './sample-feed.ts'
import { CONDITION_VARIABLES, CONDITIONS, drawSelection } from './selections.ts'

const feed = createSampleFeed()
let graph: RunningGraph
let schema: GraphQLSchema
let records: ReadonlyMap<string, readonly string[]>

/** Read from either system, wholes and parts, with references of every kind. */
const LISTS = {
  Customer: 'customers',
  CustomerGroup: 'customerGroups',
  Person: 'persons',
  Product: 'products',
  SalesOrder: 'salesOrders',
  SalesOrderLine: 'salesOrderLines',
} as const

beforeAll(async () => {
  graph = await startGraph(() => feed)
  schema = buildSchema(await readFile(join(packageRoot(), 'schema/api.graphql'), 'utf8'))
  const lists = Object.entries(LISTS).map(([entity, list]) => `${entity}: ${list}(first: 5) { edges { node { id } } }`)
  const found = await graph.run<Record<string, { edges: { node: { id: string } }[] }>>(`{ ${lists.join(' ')} }`)
  records = new Map(Object.entries(found).map(([entity, { edges }]) => [entity, edges.map(({ node }) => node.id)]))
})

afterAll(() => graph.close())

const fieldOf = (entity: string) => entity.charAt(0).toLowerCase() + entity.slice(1)

/** The record as a subscriber to its changes sees it. */
async function replayed(entity: string, id: string, { text, fragments }: ReturnType<typeof drawSelection>) {
  const field = fieldOf(entity)
  const query = `subscription Follow($id: ID, ${CONDITION_VARIABLES}) {
    told: ${field}Changed(id: $id) { ... on ${entity}Change { record: ${field} { ${text} } } }
  } ${fragments.join(' ')} `
  const abort = new AbortController()
  const request = { query, operationName: null, variables: { id, ...CONDITIONS }, extensions: {} }
  const operation = await graph.operations.run(request, { actor: null, resumeAfter: null }, abort.signal)
  if (operation.operation !== 'STREAM') throw new Error(JSON.stringify(operation))
  const next = operation.results[Symbol.asyncIterator]().next()
  feed.publish(changeMessage('c1', changeOf(entity, id)))
  const { value } = await next
  abort.abort()
  const { data, errors } = JSON.parse(JSON.stringify(value.result))
  return { record: data?.told?.record, errors }
}

/** The record as a query by its id shows it. */
async function queried(entity: string, id: string, { text, fragments }: ReturnType<typeof drawSelection>) {
  const query = `query Twin($id: ID, ${CONDITION_VARIABLES}) {
    record: ${fieldOf(entity)}(id: $id) { ${text} }
  } ${fragments.join(' ')} `
  const request = { query, variables: { id, ...CONDITIONS } }
  const { body } = await graph.server.executeOperation(request, { contextValue: graph.context(null) })
  if (body.kind !== 'single') throw new Error('incremental')
  const { data, errors } = JSON.parse(JSON.stringify(body.singleResult))
  return { record: data?.record, errors }
}

describe('a subscriber to the changes of an entity', () => {
  it('sees of the record, whatever is selected, what a query for it shows', async () => {
    const entities = Object.keys(LISTS)
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (gen) => {
        const entity = gen(fc.constantFrom, ...entities)
        const id = gen(fc.constantFrom, ...(records.get(entity) ?? []))
        const type = assertObjectType(schema.getType(entity))
        const selection = drawSelection(schema, type, (max) => gen(fc.nat, { max }), 4)
        const [seen, shown] = [await replayed(entity, id, selection), await queried(entity, id, selection)]
        expect(seen, JSON.stringify(selection)).toEqual(shown)
        expect(shown.errors).toBeUndefined()
      }),
      { numRuns: 60 },
    )
  })
})
