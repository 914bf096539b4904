/**
 * Runs operations for every transport. All of them pass through Apollo Server, so that each is parsed, bounded, checked
 * and masked alike; what it finds to be a subscription goes on here, over the feed.
 */

import type { ApolloServer, GraphQLResponse } from '@apollo/server'
import { GraphQLError } from 'graphql'
import type { CheckedSubscription } from '../checked-subscription.ts'
import type { GraphContext } from '../context.ts'
import type { ErrorFormatter } from '../errors.ts'
import type { Caller, Operation, OperationRequest, Operations } from '../operations.ts'
import { PublicError } from '../public-error.ts'
import { refuseRootConditions } from './root-conditions.ts'
import type { Subscribe } from './subscribe.ts'

export interface OperationsOptions {
  readonly server: ApolloServer<GraphContext>
  readonly context: (actor: string | null) => GraphContext
  readonly formatError: ErrorFormatter
  /** Most tokens of a document. */
  readonly tokensMax: number
  readonly subscribe: Subscribe
}

export function createOperations(options: OperationsOptions): Operations {
  const { server, context, formatError, tokensMax, subscribe } = options
  return {
    async run(request, caller, signal) {
      const condition = refuseRootConditions(request.query, tokensMax)
      if (condition !== null) return refused(condition)
      const subscriptions: CheckedSubscription[] = []
      const contextValue = {
        ...context(caller.actor),
        subscribe: (one: CheckedSubscription) => subscriptions.push(one),
      }
      const response = await server.executeOperation(apolloRequest(request), { contextValue })
      const [subscription] = subscriptions
      return subscription === undefined ? answered(response) : begin(subscription, caller, signal)
    },
  }

  function begin(subscription: CheckedSubscription, caller: Caller, signal: AbortSignal): Operation {
    try {
      return { operation: 'STREAM', results: subscribe(subscription, caller, signal) }
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      return refused(error)
    }
  }

  function refused(error: GraphQLError): Operation {
    return { operation: 'REFUSED', errors: [new PublicError(formatError(error.toJSON(), error))] }
  }
}

function answered({ body, http }: GraphQLResponse): Operation {
  if (body.kind !== 'single') throw new TypeError('no operation is answered in parts')
  const { errors: formatted, ...rest } = body.singleResult
  if (formatted === undefined) return { operation: 'DONE', result: rest }
  const errors = formatted.map((error) => new PublicError(error))
  // Without data an operation was not begun, unless it went wrong inside.
  const isRefused = rest.data === undefined && (http.status ?? 200) < 500
  return isRefused ? { operation: 'REFUSED', errors } : { operation: 'DONE', result: { ...rest, errors } }
}

/** A persisted query that is asked for by its hash alone has no text. */
function apolloRequest({ query, operationName, variables, extensions }: OperationRequest) {
  return {
    ...(query === '' ? {} : { query }),
    ...(operationName === null ? {} : { operationName }),
    variables: { ...variables },
    extensions: { ...extensions },
  }
}
