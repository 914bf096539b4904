/** The hand-written part of the unified subgraph: the same whatever the maps. */

import { printSchemaWithDirectives } from '@graphql-tools/utils'
import { type DocumentNode, type GraphQLSchema, Kind, parse } from 'graphql'
import { buildSchemaSync, createResolversMap } from 'type-graphql'
import type { Coordinator } from '../../coordinator/coordinator.ts'
import { TransactionResolver } from './transaction-resolver.ts'
import { WriteErrorObject, WriteOptionsInput } from './transaction-types.ts'

export interface TransactionApi {
  /** Its types, without the scalars. */
  readonly typeDefs: DocumentNode
  readonly resolvers: ReturnType<typeof createResolversMap>
}

export function createTransactionApi(coordinator: Coordinator, pageSizeMax: number): TransactionApi {
  const resolver = new TransactionResolver(coordinator, pageSizeMax)
  const schema = buildSchemaSync({
    resolvers: [TransactionResolver],
    // Named by the generated part alone, so nothing here leads to them.
    orphanedTypes: [WriteErrorObject, WriteOptionsInput],
    container: { get: () => resolver },
    validate: false,
  })
  return { typeDefs: ownTypes(schema), resolvers: createResolversMap(schema) }
}

/** The schema definition would hide the generated Mutation, and the scalars have their text elsewhere. */
function ownTypes(schema: GraphQLSchema): DocumentNode {
  const { definitions } = parse(printSchemaWithDirectives(schema))
  return {
    kind: Kind.DOCUMENT,
    definitions: definitions.filter(
      ({ kind }) => kind !== Kind.SCHEMA_DEFINITION && kind !== Kind.SCALAR_TYPE_DEFINITION,
    ),
  }
}
