/**
 * A subscription from the caller's arguments to its results: a feed, or an import that comes on, and one execution for each
 * of its messages.
 */

import { getArgumentValues, getOperationAST, getVariableValues } from 'graphql'
import type { MapSet } from '../../../maps/model.ts'
import type { Feed, FeedMessage, FeedRequest } from '../../changes/feed/feed.ts'
import { distinctFilter } from '../../changes/feed/filter.ts'
import type { Imports } from '../../imports/api/imports.ts'
import type { CheckedSubscription } from '../checked-subscription.ts'
import type { GraphContext } from '../context.ts'
import type { ErrorFormatter } from '../errors.ts'
import type { Caller, StreamedResult } from '../operations.ts'
import { readFeedRequest } from '../unified/change-request.ts'
import { IMPORT_PROGRESS } from '../unified/import-progress.ts'
import { followImport } from './follow-import.ts'
import type { Replay, ReplayedOperation } from './replay.ts'
import { lastResult, messageResult } from './results.ts'
import { readSubscription, type Subscribed } from './selection.ts'
import type { Membership, SharedExecutions } from './shared-executions.ts'

type Execute = (message: FeedMessage) => Promise<StreamedResult>

export interface SubscribeOptions {
  readonly mapSet: MapSet
  readonly feed: Feed
  readonly imports: Pick<Imports, 'watch'>
  readonly replay: Replay
  readonly executions: SharedExecutions<StreamedResult>
  /** A new one for each execution. */
  readonly context: (actor: string | null) => GraphContext
  readonly formatError: ErrorFormatter
}

/** Throws a GraphQLError for what cannot be subscribed to. */
export type Subscribe = (
  subscription: CheckedSubscription,
  caller: Caller,
  signal: AbortSignal,
) => AsyncIterable<StreamedResult>

export function createSubscribe({
  mapSet,
  feed,
  imports,
  executions,
  replay,
  context,
  formatError,
}: SubscribeOptions): Subscribe {
  return (subscription, caller, signal) => {
    const { schema, document, operationName, variables } = subscription
    const { selection, root } = readSubscription(schema, document, operationName)
    const given = argumentsOf(subscription, root)
    const used = givenOf(selection.variables, variables)
    const operation = { selection, variables: used, schema }
    if (root.name.value === IMPORT_PROGRESS) {
      const followed = { id: String(given['id']), operation, actor: caller.actor }
      return followImport({ imports, replay, context, formatError }, followed, signal)
    }
    const from = caller.resumeAfter === null ? given : { ...given, after: caller.resumeAfter }
    const request = readFeedRequest(mapSet, root.name.value, from)
    // Whoever has another filter comes to other messages.
    const { key: filter } = distinctFilter(request.filter)
    const key = JSON.stringify([caller.actor, selection.text, used, filter])
    const execute = executionOf(operation, caller.actor)
    return { [Symbol.asyncIterator]: () => stream(request, joined(executions, key, execute, signal), signal) }
  }

  function executionOf(operation: ReplayedOperation, actor: string | null): Execute {
    const execute = replay(operation)
    return async (message) => {
      const executed = execute({ ...context(actor), message })
      return { result: await messageResult(executed, formatError), cursor: message.cursor }
    }
  }

  async function* stream(
    request: FeedRequest,
    { take, leave }: Membership<StreamedResult>,
    signal: AbortSignal,
  ): AsyncGenerator<StreamedResult> {
    let cursor: string | null = null
    try {
      for await (const result of feed.open(request, signal, take)) {
        yield result
        cursor = result.cursor
      }
    } catch (error) {
      if (!signal.aborted) yield lastResult(error, cursor, formatError)
    } finally {
      leave()
    }
  }
}

/** Left when the signal says so, too: whoever aborts may never ask for a result again. */
function joined(
  executions: SharedExecutions<StreamedResult>,
  key: string,
  execute: Execute,
  signal: AbortSignal,
): Membership<StreamedResult> {
  const { take, leave } = executions.join(key, execute)
  const leaveOnce = () => {
    signal.removeEventListener('abort', leaveOnce)
    leave()
  }
  signal.addEventListener('abort', leaveOnce)
  if (signal.aborted) leaveOnce()
  return { take, leave: leaveOnce }
}

/** One left out stays so: it may have a default. */
function givenOf(names: readonly string[], variables: CheckedSubscription['variables']) {
  const given = names.filter((name) => Object.hasOwn(variables, name) && variables[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, variables[name]]))
}

function argumentsOf({ schema, document, operationName, variables }: CheckedSubscription, root: Subscribed['root']) {
  const field = schema.getSubscriptionType()?.getFields()[root.name.value]
  const operation = getOperationAST(document, operationName)
  if (field === undefined || operation == null) throw new TypeError('this subscription was not checked')
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
  if (coerced === undefined) throw new TypeError('these variables were not checked', { cause: errors })
  return getArgumentValues(field, root, coerced)
}
