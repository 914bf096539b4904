/** A system's own GraphQL API, derived from its table definitions. */

import { MapperKind, mapSchema } from '@graphql-tools/utils'
import { buildASTSchema, type GraphQLSchema, parse } from 'graphql'
import { SCALARS } from '../../../schema/scalars.ts'
import type { TableDefinition } from '../../../schema/table.ts'
import { nativeDefinitions } from './native-definitions.ts'
import { type NativeParts, nativeResolvers } from './native-resolvers.ts'
import { nativeTables } from './native-table.ts'

/** Executable with a context that carries this system's loaders. */
export function nativeSchema(parts: NativeParts, definitions: readonly TableDefinition[]): GraphQLSchema {
  const tables = nativeTables(parts.system, definitions)
  const resolvers = nativeResolvers(parts, tables)
  const schema = buildASTSchema(parse(nativeDefinitions(parts.system, tables), { noLocation: true }))
  return mapSchema(schema, {
    [MapperKind.SCALAR_TYPE]: (type) => Object.values(SCALARS).find(({ name }) => name === type.name) ?? type,
    [MapperKind.OBJECT_FIELD]: (field, fieldName, typeName) => {
      const resolve = resolvers[typeName]?.[fieldName]
      return resolve === undefined ? field : { ...field, resolve }
    },
  })
}
