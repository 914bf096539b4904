/** The hand-written part of the unified subgraph: the same whatever the maps. */

import { printSchemaWithDirectives } from '@graphql-tools/utils'
import { type DefinitionNode, type DocumentNode, type GraphQLSchema, Kind, parse } from 'graphql'
import { buildSchemaSync, createResolversMap } from 'type-graphql'
import type { Coordinator } from '../../coordinator/coordinator.ts'
import { type ImportPorts, ImportResolver } from './import-resolver.ts'
import { ImportRowsResolver } from './import-rows-resolver.ts'
import { DeleteOperationInput, TransactPayloadObject } from './transact-types.ts'
import { TransactionResolver } from './transaction-resolver.ts'
import { WriteErrorObject, WriteOptionsInput } from './write-types.ts'

export interface HandWrittenPorts extends ImportPorts {
  readonly coordinator: Coordinator
}

let definitions: DocumentNode | undefined

/** Its types, without the scalars; printed once. */
export function handWrittenDefinitions(): DocumentNode {
  definitions ??= ownTypes(buildApi([]))
  return definitions
}

export function handWrittenResolvers(ports: HandWrittenPorts): ReturnType<typeof createResolversMap> {
  const resolvers = [
    new TransactionResolver(ports.coordinator, ports.pageSizeMax),
    new ImportResolver(ports),
    new ImportRowsResolver(ports),
  ]
  return createResolversMap(buildApi(resolvers))
}

function buildApi(resolvers: readonly object[]): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [TransactionResolver, ImportResolver, ImportRowsResolver],
    // Named by the generated part alone, so nothing here leads to them.
    orphanedTypes: [WriteErrorObject, WriteOptionsInput, TransactPayloadObject, DeleteOperationInput],
    container: { get: (type) => resolvers.find((resolver) => resolver.constructor === type) },
    validate: false,
  })
}

/** The schema definition would hide the generated Mutation, and the scalars have their text elsewhere. */
function ownTypes(schema: GraphQLSchema): DocumentNode {
  const printed = parse(printSchemaWithDirectives(schema), { noLocation: true })
  return {
    kind: Kind.DOCUMENT,
    definitions: printed.definitions
      .filter(({ kind }) => kind !== Kind.SCHEMA_DEFINITION && kind !== Kind.SCALAR_TYPE_DEFINITION)
      .map(besideGenerated),
  }
}

/** The generated part has a Mutation, which this adds to. */
function besideGenerated(definition: DefinitionNode): DefinitionNode {
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || definition.name.value !== 'Mutation') return definition
  const { description: _, ...rest } = definition
  return { ...rest, kind: Kind.OBJECT_TYPE_EXTENSION }
}
