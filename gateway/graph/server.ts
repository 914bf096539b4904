/** The graph as a whole: the subgraphs joined, served by Apollo Server, bounded, and its errors masked. */

import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import type { MapSet } from '../../maps/model.ts'
import { limitRules, OPERATION_LIMITS } from '../../schema/operation-limits.ts'
import type { Log } from '../../schema/process/log.ts'
import type { Coordinator } from '../coordinator/coordinator.ts'
import type { Sync } from '../sync/write.ts'
import type { ContextFor, GraphContext } from './context.ts'
import { createErrorFormatter } from './errors.ts'
import { createFederation, type Subgraph } from './federation.ts'
import type { FetchListener } from './local-subgraph.ts'
import { operationChecks } from './operation-checks.ts'
import { createRecordLoaders, type Participants } from './unified/record-loaders.ts'
import { buildUnified } from './unified/unified.ts'

export interface GraphLimits {
  readonly queryDepthMax: number
  readonly queryTokensMax: number
  /** Largest `first` of a connection. */
  readonly pageSizeMax: number
}

export interface GraphOptions {
  readonly mapSet: MapSet
  /** One for each system; the unified one is added here. */
  readonly subgraphs: readonly Subgraph[]
  readonly sync: Sync
  readonly coordinator: Coordinator
  readonly participants: Participants
  readonly contextFor: ContextFor
  readonly limits: GraphLimits
  readonly log: Log
  readonly onFetch?: FetchListener
}

export interface Graph {
  /** Started: operations may be executed at once. */
  readonly server: ApolloServer<GraphContext>
  readonly supergraphSdl: string
  /** A new one for each operation: its loaders remember nothing of another. */
  readonly context: (actor: string | null) => GraphContext
  readonly stop: () => Promise<void>
}

/** Throws a `CompositionError` if the subgraphs do not fit together. */
export async function createGraph(options: GraphOptions): Promise<Graph> {
  const { participants, contextFor, limits, log } = options
  const unified = { name: 'unified', ...buildUnified(options) }
  const subgraphs = [...options.subgraphs, unified]
  const federation = createFederation({ subgraphs, onFetch: options.onFetch, log })
  const formatError = createErrorFormatter(log)

  const server = new ApolloServer<GraphContext>({
    gateway: federation.gateway,
    parseOptions: { maxTokens: limits.queryTokensMax },
    validationRules: [...limitRules({ ...OPERATION_LIMITS, depthMax: limits.queryDepthMax })],
    formatError,
    includeStacktraceInErrorResponses: false,
    introspection: true,
    csrfPrevention: true,
    persistedQueries: {},
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    logger: log.child({ part: 'graphql' }),
    plugins: [operationChecks(formatError), ...withoutDefaults()],
  })
  await server.start()

  return {
    server,
    supergraphSdl: federation.supergraphSdl(),
    context: (actor) => ({ ...contextFor(actor), actor, records: createRecordLoaders(participants) }),
    stop: () => server.stop(),
  }
}

/** Nothing is reported to anyone, traced for a gateway above, cached, or fetched by a browser from another host. */
function withoutDefaults() {
  return [
    ApolloServerPluginUsageReportingDisabled(),
    ApolloServerPluginSchemaReportingDisabled(),
    ApolloServerPluginInlineTraceDisabled(),
    ApolloServerPluginCacheControlDisabled(),
    ApolloServerPluginLandingPageDisabled(),
  ]
}
