/**
 * The one place that decides which errors leave the process. An error meant for callers carries one of the codes below
 * and passes without its origins; anything else is answered as INTERNAL_SERVER_ERROR, and goes to the log in full.
 */

import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import type { Log } from '../../schema/process/log.ts'
import { StoreClosed, StoreFailed } from '../../schema/process/store-faults.ts'
import { FeedRefused } from '../changes/feed/feed.ts'
import { Silence } from '../coordinator/silence.ts'

/** What a caller can do something about. */
const PUBLIC_CODES: ReadonlySet<unknown> = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'CURSOR_EXPIRED',
  'CURSOR_INVALID',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'OVERLOADED',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'SLOW_CONSUMER',
  'SYSTEM_UNAVAILABLE',
  'UNAUTHENTICATED',
])

/** Of an extension nobody knows whom it was meant for, but for these. */
const PUBLIC_EXTENSIONS = ['code', 'argumentName', 'serviceName', 'retryable', 'cursor'] as const

/** Messages repeat the value that they refuse, and that may be megabytes. */
const MESSAGE_LENGTH_MAX = 1_000

export type ErrorFormatter = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError

export function createErrorFormatter(log: Log): ErrorFormatter {
  return (formatted, error) => {
    if (PUBLIC_CODES.has(formatted.extensions?.['code'])) return publicError(formatted)
    const { path, extensions } = formatted
    const origin = heard(originOf(error))
    if (origin instanceof Silence) {
      if (origin.cause !== undefined) log.warn({ err: origin, path }, 'A system did not answer')
      return publicError({
        ...formatted,
        message: origin.message,
        extensions: { ...extensions, code: 'SYSTEM_UNAVAILABLE', retryable: true },
      })
    }
    if (origin instanceof FeedRefused) {
      const { message, ...refusal } = origin.refusal
      return publicError({ ...formatted, message, extensions: { ...extensions, ...refusal } })
    }
    log.error({ err: origin, path, subgraph: extensions?.['serviceName'] }, 'An operation failed unexpectedly')
    return maskedError(formatted)
  }
}

function publicError({ message, locations, path, extensions }: GraphQLFormattedError): GraphQLFormattedError {
  const shown = PUBLIC_EXTENSIONS.flatMap((name) => {
    const value = extensions?.[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { message: shortened(message), ...places({ locations, path }), extensions: Object.fromEntries(shown) }
}

function maskedError({ locations, path }: GraphQLFormattedError): GraphQLFormattedError {
  return {
    message: 'Something went wrong inside. It has been logged.',
    ...places({ locations, path }),
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  }
}

function places(error: {
  readonly locations: GraphQLFormattedError['locations']
  readonly path: GraphQLFormattedError['path']
}) {
  return {
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    ...(error.path === undefined ? {} : { path: error.path }),
  }
}

/** The gateway wraps a subgraph's error, which wraps what was thrown: that is what the log is for. */
function originOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined ? originOf(error.originalError) : error
}

/** A store that has no answer is as silent as a system that gives none. */
function heard(origin: unknown): unknown {
  const isSilent = origin instanceof StoreFailed || origin instanceof StoreClosed
  return isSilent ? new Silence('A store does not answer. Try again.', origin) : origin
}

function shortened(message: string): string {
  return message.length <= MESSAGE_LENGTH_MAX ? message : `${message.slice(0, MESSAGE_LENGTH_MAX)}…`
}
