/** The native API of a system behind Apollo Server: bounded, and nothing internal in its answers. */

import { ApolloServer } from '@apollo/server'
import { unwrapResolverError } from '@apollo/server/errors'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql'
import { limitRules, OPERATION_LIMITS } from '../../schema/operation-limits.ts'
import type { SubgraphContext } from './graph/loaders.ts'

export interface NativeServerOptions {
  readonly schema: GraphQLSchema
  readonly limits: QueryLimits
  /** Hears in full what callers are told of as an internal error. */
  readonly onError: (error: unknown, message: string) => void
}

export interface QueryLimits {
  readonly queryDepthMax: number
  readonly queryTokensMax: number
}

/** Messages repeat the value that they refuse, and that may be megabytes. */
const MESSAGE_LENGTH_MAX = 1_000

/** Started, to be mounted on a route; a context is one of the system's own, made for each request. */
export async function nativeServer(options: NativeServerOptions): Promise<ApolloServer<SubgraphContext>> {
  const { schema, limits, onError } = options
  const server = new ApolloServer<SubgraphContext>({
    schema,
    introspection: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: limits.queryTokensMax },
    validationRules: [...limitRules({ ...OPERATION_LIMITS, depthMax: limits.queryDepthMax })],
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
    formatError: (formatted, error) => forCaller(formatted, error, onError),
  })
  await server.start()
  return server
}

/** Whatever no resolver meant for callers carries this code. */
function forCaller(
  formatted: GraphQLFormattedError,
  error: unknown,
  onError: NativeServerOptions['onError'],
): GraphQLFormattedError {
  if (formatted.extensions?.['code'] !== 'INTERNAL_SERVER_ERROR') {
    return { ...formatted, message: shortened(formatted.message) }
  }
  onError(unwrapResolverError(error), 'a native request failed')
  const { locations, path } = formatted
  return {
    message: 'Something went wrong inside. It has been logged.',
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  }
}

function shortened(message: string): string {
  return message.length <= MESSAGE_LENGTH_MAX ? message : `${message.slice(0, MESSAGE_LENGTH_MAX).toWellFormed()}…`
}
