import type { DocumentNode, GraphQLSchema } from 'graphql'

/** A subscription that is valid in the schema, and within every bound on operations. */
export interface CheckedSubscription {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operationName: string | null
  /** As the caller gave them; they fit the operation. */
  readonly variables: Readonly<Record<string, unknown>>
}
