/** What the gateway itself would answer too late or at too great a cost: an operation not found, values that do not fit. */

import { type ApolloServerPlugin, type GraphQLResponse, HeaderMap } from '@apollo/server'
import { GraphQLError, type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql'
import type { ErrorFormatter } from './errors.ts'

/**
 * The gateway lists every value that does not fit, each time with the whole input around it: a body of a megabyte would
 * be answered with gigabytes.
 */
const VARIABLE_ERRORS_MAX = 50

export function operationChecks(format: ErrorFormatter): ApolloServerPlugin {
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ schema, operation, request }) {
          const errors = findErrors(schema, operation, request.variables ?? {})
          return errors.length === 0 ? null : refusal(errors.map((error) => format(error.toJSON(), error)))
        },
      }
    },
  }
}

/** `operation` is undefined where the document has none of the name asked for. */
function findErrors(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode | undefined,
  variables: Readonly<Record<string, unknown>>,
): readonly GraphQLError[] {
  if (operation === undefined) {
    const message = 'The document has no operation of that name, or several and none was named in `operationName`'
    return [new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } })]
  }
  const definitions = operation.variableDefinitions ?? []
  if (definitions.length === 0) return []
  const { errors } = getVariableValues(schema, definitions, variables, { maxErrors: VARIABLE_ERRORS_MAX })
  return (errors ?? []).map(badUserInput)
}

function badUserInput(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, { nodes: error.nodes, extensions: { code: 'BAD_USER_INPUT' } })
}

function refusal(errors: readonly ReturnType<ErrorFormatter>[]): GraphQLResponse {
  return {
    http: { status: 400, headers: new HeaderMap() },
    body: { kind: 'single', singleResult: { errors } },
  }
}
