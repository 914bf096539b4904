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
import type { Feed } from '../changes/feed/feed.ts'
import type { SnapshotSource } from '../changes/feed/snapshot-source.ts'
import type { Coordinator } from '../coordinator/coordinator.ts'
import type { Imports } from '../imports/api/imports.ts'
import type { Sync } from '../sync/write.ts'
import type { ContextFor, GraphContext } from './context.ts'
import { createErrorFormatter } from './errors.ts'
import { createFederation, type Subgraph } from './federation.ts'
import type { FetchListener } from './local-subgraph.ts'
import { operationChecks } from './operation-checks.ts'
import type { Operations, StreamedResult } from './operations.ts'
import { createReplay } from './subscriptions/replay.ts'
import { resultBytes } from './subscriptions/results.ts'
import { createOperations } from './subscriptions/run-operations.ts'
import { RESULTS_BYTES_MAX, SharedExecutions } from './subscriptions/shared-executions.ts'
import { createSnapshotSource } from './subscriptions/snapshots.ts'
import { createSubscribe } from './subscriptions/subscribe.ts'
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
  /** Of the changes that subscribers see. The records of a snapshot are read through this graph, once it has started. */
  readonly feed: (snapshots: SnapshotSource) => Feed
  readonly imports: Imports
  readonly contextFor: ContextFor
  readonly limits: GraphLimits
  readonly log: Log
  readonly onFetch?: FetchListener
}

export interface Graph {
  /** Started: operations may be executed at once. */
  readonly server: ApolloServer<GraphContext>
  /** What transports run operations through, subscriptions among them. */
  readonly operations: Operations
  readonly supergraphSdl: string
  /** A new one for each operation: its loaders remember nothing of another. */
  readonly context: (actor: string | null) => GraphContext
  readonly stop: () => Promise<void>
}

/** Throws a `CompositionError` if the subgraphs do not fit together. */
export async function createGraph(options: GraphOptions): Promise<Graph> {
  const { mapSet, participants, imports, contextFor, limits, log } = options
  const formatError = createErrorFormatter(log)
  const context = (actor: string | null): GraphContext => ({
    ...contextFor(actor),
    actor,
    records: createRecordLoaders(participants),
    message: null,
    job: null,
    subscribe: null,
  })
  const snapshots = createSnapshotSource(mapSet, limits, (request) =>
    server.executeOperation(request, { contextValue: context(null) }),
  )
  const feed = options.feed(snapshots)
  const unified = { name: 'unified', ...buildUnified({ ...options, feed }) }
  const subgraphs = [...options.subgraphs, unified]
  const federation = createFederation({ subgraphs, onFetch: options.onFetch, log })

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

  const replay = createReplay(federation, log)
  const executions = new SharedExecutions<StreamedResult>({
    isKept: ({ result }) => result.errors === undefined,
    bytesOf: resultBytes,
    bytesMax: RESULTS_BYTES_MAX,
  })
  const subscribe = createSubscribe({ mapSet, feed, imports, replay, executions, context, formatError })
  return {
    server,
    operations: createOperations({ server, context, formatError, tokensMax: limits.queryTokensMax, subscribe }),
    supergraphSdl: federation.supergraphSdl(),
    context,
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
