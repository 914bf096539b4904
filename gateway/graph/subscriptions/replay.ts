/** One execution of a subscription for one message, through the federated graph as it is served at that moment. */

import { createHash } from 'node:crypto'
import { type GraphQLError, type GraphQLSchema, validate } from 'graphql'
import type { Log } from '../../../schema/process/log.ts'
import type { GraphContext } from '../context.ts'
import type { Federation } from '../federation.ts'
import type { Selection } from './selection.ts'

type Execute = Federation['gateway']['executor']
export type Replayed = Awaited<ReturnType<Execute>>

export interface ReplayedOperation {
  readonly selection: Selection
  readonly variables: Readonly<Record<string, unknown>>
  /** The schema that the operation is known to be valid in. */
  readonly schema: GraphQLSchema
}

/** The context carries the message. Rejects with {@link OperationOutdated}. */
export type Replay = (operation: ReplayedOperation) => (context: GraphContext) => Promise<Replayed>

/** The graph was composed anew, and the operation does not fit it any more. */
export class OperationOutdated extends Error {
  readonly errors: readonly GraphQLError[]

  constructor(errors: readonly GraphQLError[]) {
    super('The operation is not valid in the graph as it is now')
    this.name = 'OperationOutdated'
    this.errors = errors
  }
}

export function createReplay({ gateway, apiSchema }: Pick<Federation, 'gateway' | 'apiSchema'>, log: Log): Replay {
  return ({ selection, variables, schema: validIn }) => {
    const { document, text } = selection
    const queryHash = createHash('sha256').update(text).digest('hex')
    let checked = validIn
    return async (context) => {
      const schema = apiSchema()
      if (schema !== checked) assertValid(schema, selection)
      checked = schema
      const request = { query: text, variables: { ...variables } }
      const executed = { request, document, queryHash, schema, context, source: text, logger: log, metrics: {} }
      return gateway.executor(executed as unknown as Parameters<Execute>[0])
    }
  }
}

function assertValid(schema: GraphQLSchema, { document }: Selection): void {
  const errors = validate(schema, document)
  if (errors.length > 0) throw new OperationOutdated(errors)
}
