/** A subscription to one import: one execution for each thing that it comes to, until it is over. */

import { GraphQLError } from 'graphql'
import type { Imports } from '../../imports/api/imports.ts'
import type { JobId } from '../../imports/job/job.ts'
import type { GraphContext } from '../context.ts'
import type { ErrorFormatter } from '../errors.ts'
import type { StreamedResult } from '../operations.ts'
import type { Replay, ReplayedOperation } from './replay.ts'
import { lastResult, messageResult } from './results.ts'

export interface FollowOptions {
  readonly imports: Pick<Imports, 'watch'>
  readonly replay: Replay
  /** A new one for each execution. */
  readonly context: (actor: string | null) => GraphContext
  readonly formatError: ErrorFormatter
}

export interface FollowedImport {
  readonly id: string
  readonly operation: ReplayedOperation
  readonly actor: string | null
}

export async function* followImport(
  { imports, replay, context, formatError }: FollowOptions,
  { id, operation, actor }: FollowedImport,
  signal: AbortSignal,
): AsyncGenerator<StreamedResult> {
  const execute = replay(operation)
  let isThere = false
  try {
    for await (const job of imports.watch(id as JobId, signal)) {
      isThere = true
      yield { result: await messageResult(execute({ ...context(actor), job }), formatError), cursor: null }
    }
    if (!isThere && !signal.aborted) yield lastResult(noSuchImport(), null, formatError)
  } catch (error) {
    if (!signal.aborted) yield lastResult(error, null, formatError)
  }
}

function noSuchImport(): GraphQLError {
  return new GraphQLError('There is no such import', { extensions: { code: 'BAD_USER_INPUT', argumentName: 'id' } })
}
