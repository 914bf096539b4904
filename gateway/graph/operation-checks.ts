/**
 * What the gateway itself would answer too late or at too great a cost: an operation not found, values that do not fit,
 * a subscription. One that has passed every check is given to whoever asked for it; the gateway never sees it.
 */

import { type ApolloServerPlugin, type GraphQLResponse, HeaderMap } from '@apollo/server'
import { GraphQLError, OperationTypeNode } from 'graphql'
import type { GraphContext } from './context.ts'
import type { ErrorFormatter } from './errors.ts'
import { findVariableErrors } from './variables.ts'

const VARIABLE_ERRORS_MAX = 100

export function operationChecks(format: ErrorFormatter): ApolloServerPlugin<GraphContext> {
  const refusal = (errors: readonly GraphQLError[]): GraphQLResponse => ({
    http: { status: 400, headers: new HeaderMap() },
    body: { kind: 'single', singleResult: { errors: errors.map((error) => format(error.toJSON(), error)) } },
  })
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ schema, operation, document, request, contextValue }) {
          // Undefined, whatever its type says, where the document has no operation of the name asked for.
          if (operation === undefined) return refusal([unknownOperation()])
          const definitions = operation.variableDefinitions ?? []
          const variables = request.variables ?? {}
          const errors = findVariableErrors(schema, definitions, variables, VARIABLE_ERRORS_MAX)
          if (errors.length > 0) return refusal(errors)
          if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return null
          if (contextValue.subscribe === null) return refusal([noStreamHere()])
          contextValue.subscribe({ schema, document, operationName: request.operationName ?? null, variables })
          return SUBSCRIBED
        },
      }
    },
  }
}

/** Whoever takes the subscription does not look at it. */
const SUBSCRIBED: GraphQLResponse = {
  http: { status: 200, headers: new HeaderMap() },
  body: { kind: 'single', singleResult: {} },
}

function unknownOperation(): GraphQLError {
  const message = 'The document has no operation of that name, or several and none was named in `operationName`'
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } })
}

function noStreamHere(): GraphQLError {
  const message = 'A subscription needs a stream: a WebSocket at /graphql, or server-sent events at /graphql/stream'
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } })
}
