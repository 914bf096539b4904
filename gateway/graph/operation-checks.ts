/** What the gateway itself would answer too late or at too great a cost: an operation not found, values that do not fit. */

import { type ApolloServerPlugin, type GraphQLResponse, HeaderMap } from '@apollo/server'
import { GraphQLError } from 'graphql'
import type { ErrorFormatter } from './errors.ts'
import { findVariableErrors } from './variables.ts'

const VARIABLE_ERRORS_MAX = 100

export function operationChecks(format: ErrorFormatter): ApolloServerPlugin {
  const refusal = (errors: readonly GraphQLError[]): GraphQLResponse => ({
    http: { status: 400, headers: new HeaderMap() },
    body: { kind: 'single', singleResult: { errors: errors.map((error) => format(error.toJSON(), error)) } },
  })
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ schema, operation, request }) {
          // Undefined, whatever its type says, where the document has no operation of the name asked for.
          if (operation === undefined) return refusal([unknownOperation()])
          const definitions = operation.variableDefinitions ?? []
          const errors = findVariableErrors(schema, definitions, request.variables ?? {}, VARIABLE_ERRORS_MAX)
          return errors.length === 0 ? null : refusal(errors)
        },
      }
    },
  }
}

function unknownOperation(): GraphQLError {
  const message = 'The document has no operation of that name, or several and none was named in `operationName`'
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } })
}
