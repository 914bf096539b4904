/** The hand-written part of the unified subgraph: the same whatever the maps. */

import { printSchemaWithDirectives } from '@graphql-tools/utils'
import { type DocumentNode, type GraphQLSchema, Kind, parse } from 'graphql'
import { buildSchemaSync, createResolversMap } from 'type-graphql'
import type { Coordinator } from '../../coordinator/coordinator.ts'
import { DeleteOperationInput, TransactPayloadObject } from './transact-types.ts'
import { TransactionResolver } from './transaction-resolver.ts'
import { WriteErrorObject, WriteOptionsInput } from './write-types.ts'

let definitions: DocumentNode | undefined

/** Its types, without the scalars; printed once. */
export function transactionDefinitions(): DocumentNode {
  definitions ??= ownTypes(buildApi())
  return definitions
}

export function transactionResolvers(
  coordinator: Coordinator,
  pageSizeMax: number,
): ReturnType<typeof createResolversMap> {
  return createResolversMap(buildApi(new TransactionResolver(coordinator, pageSizeMax)))
}

function buildApi(resolver?: TransactionResolver): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [TransactionResolver],
    // Named by the generated part alone, so nothing here leads to them.
    orphanedTypes: [WriteErrorObject, WriteOptionsInput, TransactPayloadObject, DeleteOperationInput],
    container: { get: () => resolver },
    validate: false,
  })
}

/** The schema definition would hide the generated Mutation, and the scalars have their text elsewhere. */
function ownTypes(schema: GraphQLSchema): DocumentNode {
  const printed = parse(printSchemaWithDirectives(schema), { noLocation: true })
  return {
    kind: Kind.DOCUMENT,
    definitions: printed.definitions.filter(
      ({ kind }) => kind !== Kind.SCHEMA_DEFINITION && kind !== Kind.SCALAR_TYPE_DEFINITION,
    ),
  }
}
