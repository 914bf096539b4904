/** The servers that are measured: the whole graph with the plain writes beside it, and a bare gateway over the same. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApolloGateway, LocalGraphQLDataSource } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import Fastify, { type RouteHandlerMethod } from 'fastify'
import { type App, createApp } from '../../gateway/app.ts'
import type { GraphContext } from '../../gateway/graph/context.ts'
import { createGraph, type GraphLimits } from '../../gateway/graph/server.ts'
import { buildUnified } from '../../gateway/graph/unified/unified.ts'
import { readConfig } from '../../schema/process/config.ts'
import { createLog } from '../../schema/process/log.ts'
import { NO_FEED } from '../graph/no-feed.ts'
import { plainSubgraph } from './plain.ts'

export interface Rig {
  /** The product's graph, with the plain subgraph added. */
  readonly graphUrl: string
  /** ApolloGateway with its stock data sources over the same subgraphs. */
  readonly bareUrl: string
  /** The product's own WebSocket. */
  readonly changesUrl: string
  readonly app: App
  close(): Promise<void>
}

export async function startRig(): Promise<Rig> {
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-bench-'))
  const log = createLog('silent')
  const config = { ...readConfig({}), port: 0, dataDirectory: directory }
  const app = await createApp(config, { clock: Date.now, random: Math.random }, log)
  const contextFor = (actor: string | null) => Object.assign({}, ...app.systems.map((system) => system.context(actor)))
  const subgraphs = app.systems.map(({ system, subgraph }) => ({ name: system.toLowerCase(), ...subgraph }))
  const plain = plainSubgraph(app.mapSet, app.participants)
  const graph = await createGraph({
    ...app,
    subgraphs: [...subgraphs, plain],
    feed: () => NO_FEED,
    contextFor,
    limits: config,
    log,
  })
  const bare = await bareServer(app, config, subgraphs)
  const graphHttp = await listen(fastifyApolloHandler(graph.server, { context: async () => graph.context(null) }))
  const bareHttp = await listen(fastifyApolloHandler(bare, { context: async () => graph.context(null) }))
  const { url } = await app.listen()
  return {
    graphUrl: graphHttp.url,
    bareUrl: bareHttp.url,
    changesUrl: `${url.replace('http', 'ws')}/graphql`,
    app,
    async close() {
      await graphHttp.close()
      await bareHttp.close()
      await graph.stop()
      await bare.stop()
      await app.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function bareServer(
  app: App,
  limits: GraphLimits,
  subgraphs: readonly { readonly name: string; readonly schema: Parameters<typeof localSource>[0] }[],
): Promise<ApolloServer<GraphContext>> {
  const unified = buildUnified({ ...app, feed: NO_FEED, limits })
  const schemas = new Map([...subgraphs, { name: 'unified', ...unified }].map(({ name, schema }) => [name, schema]))
  const gateway = new ApolloGateway({
    supergraphSdl: app.graph.supergraphSdl,
    buildService: ({ name }) => {
      const schema = schemas.get(name)
      if (schema === undefined) throw new TypeError(`no subgraph ${name}`)
      return localSource(schema)
    },
  })
  const server = new ApolloServer<GraphContext>({ gateway, stopOnTerminationSignals: false })
  await server.start()
  return server
}

function localSource(schema: ConstructorParameters<typeof LocalGraphQLDataSource>[0]): LocalGraphQLDataSource {
  return new LocalGraphQLDataSource(schema)
}

async function listen(handler: RouteHandlerMethod): Promise<{ url: string; close: () => Promise<void> }> {
  const server = Fastify()
  server.route({ method: ['GET', 'POST'], url: '/graphql', handler })
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  return { url: `${address}/graphql`, close: () => server.close() }
}
