import { type GraphQLSchema, isScalarType } from 'graphql'
import { SCALARS } from '../../schema/scalars.ts'

/**
 * A supergraph knows scalars by name only, so the gateway would pass on any value and a subgraph refuse it, in terms of
 * a query that no client wrote. Told what its scalars take, the schema refuses a value where the client gave it.
 */
export function giveScalarsMeaning(schema: GraphQLSchema): void {
  for (const { name, parseValue, parseLiteral } of Object.values(SCALARS)) {
    const scalar = schema.getType(name)
    if (isScalarType(scalar)) Object.assign(scalar, { parseValue, parseLiteral })
  }
}
