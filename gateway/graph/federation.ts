/** The federated graph: ApolloGateway over subgraphs in this process, with plans but without HTTP between them. */

import { ApolloGateway } from '@apollo/gateway'
import type { GraphQLSchema } from 'graphql'
import type { Log } from '../log.ts'
import { type FetchListener, LocalSubgraph } from './local-subgraph.ts'
import { giveScalarsMeaning } from './scalar-meanings.ts'
import { composeSupergraph, localUrl } from './supergraph.ts'

export interface Subgraph {
  readonly name: string
  readonly sdl: string
  readonly schema: GraphQLSchema
}

export interface FederationOptions {
  readonly subgraphs: readonly Subgraph[]
  readonly onFetch?: FetchListener | undefined
  readonly log: Log
}

export interface Federation {
  readonly gateway: ApolloGateway
  readonly supergraphSdl: () => string
  /**
   * Serves other schemas from the next operation on; those under way end on the ones that they began with. Throws a
   * `CompositionError`, and goes on as before, if the subgraphs do not fit together. Only once the gateway is loaded.
   */
  readonly recompose: (subgraphs: readonly Subgraph[]) => void
}

/** Composes at once: throws a `CompositionError` if the subgraphs do not fit together. */
export function createFederation({ subgraphs, onFetch, log }: FederationOptions): Federation {
  const locals = new Map<string, LocalSubgraph>()
  let generation = 0
  let update: ((supergraphSdl: string) => void) | null = null

  /** A new generation has urls of its own, so the gateway asks for new data sources, with no document compiled yet. */
  function compose(next: readonly Subgraph[]): string {
    generation += 1
    const placed = next.map((subgraph) => ({ ...subgraph, url: urlOf(subgraph.name, generation) }))
    const { sdl } = composeSupergraph(placed)
    for (const { name, url, schema } of placed) locals.set(url, new LocalSubgraph({ name, schema, onFetch }))
    return sdl
  }

  function dataSourceAt(url: string): LocalSubgraph {
    const local = locals.get(url)
    if (local === undefined) throw new TypeError(`no subgraph of this process has the url ${url}`)
    return local
  }

  let supergraphSdl = compose(subgraphs)

  // Read by the constructor: unless it says so, an exporter starts and looks for the metadata service of a cloud.
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true'
  const gateway = new ApolloGateway({
    supergraphSdl: async (hooks) => {
      update = hooks.update
      return { supergraphSdl }
    },
    buildService: ({ url = '' }) => dataSourceAt(url),
    // Composed a moment ago by the same library.
    validateSupergraph: false,
    __exposeQueryPlanExperimental: false,
    logger: log.child({ part: 'gateway' }),
  })
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => giveScalarsMeaning(apiSchema))

  return {
    gateway,
    supergraphSdl: () => supergraphSdl,
    recompose(next) {
      if (update === null) throw new TypeError('the gateway is not loaded yet')
      const replaced = [...locals.keys()]
      const composed = compose(next)
      update(composed)
      supergraphSdl = composed
      for (const url of replaced) locals.delete(url)
    },
  }
}

function urlOf(name: string, generation: number): string {
  return generation === 1 ? localUrl(name) : `${localUrl(name)}#${generation}`
}
