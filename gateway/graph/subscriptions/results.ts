/** The results of a subscription as they leave the process. */

import { Buffer } from 'node:buffer'
import { GraphQLError } from 'graphql'
import { FeedRefused } from '../../changes/feed/feed.ts'
import type { ErrorFormatter } from '../errors.ts'
import { feedFailure } from '../feed-failure.ts'
import type { OperationResult, StreamedResult } from '../operations.ts'
import { PublicError } from '../public-error.ts'
import { OperationOutdated, type Replayed } from './replay.ts'

/** What cannot be resolved is an error of this message alone. Rejects with {@link OperationOutdated}. */
export async function messageResult(executed: Promise<Replayed>, format: ErrorFormatter): Promise<OperationResult> {
  try {
    const { data, errors, extensions } = await executed
    return {
      ...(data === undefined ? {} : { data }),
      ...(errors === undefined ? {} : { errors: publicErrors(errors, format) }),
      ...(extensions === undefined ? {} : { extensions }),
    }
  } catch (error) {
    if (error instanceof OperationOutdated) throw error
    return { data: null, errors: publicErrors([asGraphQLError(error)], format) }
  }
}

/** Of the result as it is sent. */
export function resultBytes({ result }: StreamedResult): number {
  return Buffer.byteLength(JSON.stringify(result))
}

/** Why a stream ends by itself, with the cursor to go on from. `reached` is that of the last message that was given. */
export function lastResult(error: unknown, reached: string | null, format: ErrorFormatter): StreamedResult {
  if (error instanceof OperationOutdated) {
    return { result: { errors: publicErrors(error.errors.map(asInvalid), format) }, cursor: reached }
  }
  const failure = feedFailure(error)
  const result = { errors: publicErrors([asGraphQLError(failure, reached)], format) }
  return { result, cursor: failure instanceof FeedRefused ? resumable(failure) : reached }
}

/** Going on from the oldest that is kept would leave a gap: a client must choose that by itself. */
function resumable({ refusal }: FeedRefused): string | null {
  return refusal.code === 'SLOW_CONSUMER' ? refusal.cursor : null
}

function publicErrors(errors: readonly GraphQLError[], format: ErrorFormatter): readonly GraphQLError[] {
  return errors.map((error) => new PublicError(format(error.toJSON(), error)))
}

function asGraphQLError(error: unknown, cursor: string | null = null): GraphQLError {
  if (error instanceof GraphQLError) return error
  const originalError = error instanceof Error ? error : new Error('something other than an error was thrown')
  return new GraphQLError(originalError.message, { originalError, extensions: cursor === null ? {} : { cursor } })
}

function asInvalid({ message }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })
}
