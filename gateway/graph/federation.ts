/** The federated graph: ApolloGateway over subgraphs in this process or in others. */

import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway'
import type { GraphQLSchema } from 'graphql'
import type { Log } from '../../schema/process/log.ts'
import { type FetchListener, LocalSubgraph } from './local-subgraph.ts'
import { giveScalarsMeaning } from './scalar-meanings.ts'
import { executeSubscriptions } from './subscription-plans.ts'
import { composeSupergraph, localUrl } from './supergraph.ts'

/** Has a schema where it is executed in this process, and otherwise a source, which serves it for life. */
export type Subgraph = { readonly name: string; readonly sdl: string } & (
  | { readonly schema: GraphQLSchema }
  | { readonly source: GraphQLDataSource }
)

export interface FederationOptions {
  readonly subgraphs: readonly Subgraph[]
  readonly onFetch?: FetchListener | undefined
  readonly log: Log
}

export interface Federation {
  readonly gateway: ApolloGateway
  readonly supergraphSdl: () => string
  /** What applications see at present: another object after each recomposition. Only once the gateway is loaded. */
  readonly apiSchema: () => GraphQLSchema
  /**
   * Serves other schemas from the next operation on; those under way end on the ones that they began with. Throws a
   * `CompositionError`, and goes on as before, if the subgraphs do not fit together. Only once the gateway is loaded.
   */
  readonly recompose: (subgraphs: readonly Subgraph[]) => void
}

/** Composes at once: throws a `CompositionError` if the subgraphs do not fit together. */
export function createFederation({ subgraphs, onFetch, log }: FederationOptions): Federation {
  const sources = new Map<string, GraphQLDataSource>()
  let generation = 0
  let update: ((supergraphSdl: string) => void) | null = null
  let served: GraphQLSchema | null = null

  /** A new generation has urls of its own, so the gateway asks for new data sources, with no document compiled yet. */
  function compose(next: readonly Subgraph[]): string {
    generation += 1
    const placed = next.map((subgraph) => ({ ...subgraph, url: urlOf(subgraph.name, generation) }))
    const { sdl } = composeSupergraph(placed)
    for (const one of placed) sources.set(one.url, sourceOf(one, onFetch))
    return sdl
  }

  function dataSourceAt(url: string): GraphQLDataSource {
    const source = sources.get(url)
    if (source === undefined) throw new TypeError(`no subgraph has the url ${url}`)
    return source
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
    experimental_didResolveQueryPlan: executeSubscriptions,
    logger: log.child({ part: 'gateway' }),
  })
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    giveScalarsMeaning(apiSchema)
    served = apiSchema
  })

  return {
    gateway,
    supergraphSdl: () => supergraphSdl,
    apiSchema() {
      if (served === null) throw new TypeError('the gateway is not loaded yet')
      return served
    },
    recompose(next) {
      if (update === null) throw new TypeError('the gateway is not loaded yet')
      const replaced = [...sources.keys()]
      const composed = compose(next)
      update(composed)
      supergraphSdl = composed
      for (const url of replaced) sources.delete(url)
    },
  }
}

function sourceOf(subgraph: Subgraph, onFetch: FetchListener | undefined): GraphQLDataSource {
  return 'source' in subgraph ? subgraph.source : new LocalSubgraph({ ...subgraph, onFetch })
}

function urlOf(name: string, generation: number): string {
  return generation === 1 ? localUrl(name) : `${localUrl(name)}#${generation}`
}
