/** Checks the values of an operation's variables against their types. */

import {
  coerceInputValue,
  GraphQLError,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql'

type Values = Readonly<Record<string, unknown>>

class EnoughFound extends Error {}

/**
 * What is wrong with the values, at most `errorsMax` of it. Unlike the library's own check, which the gateway makes of
 * every value, no message repeats the value at fault: for a field that does not exist that is the whole input around
 * it, so a body of a megabyte would be answered with gigabytes.
 */
export function findVariableErrors(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  values: Values,
  errorsMax: number,
): readonly GraphQLError[] {
  const found: GraphQLError[] = []
  const report = (definition: VariableDefinitionNode, message: string): void => {
    found.push(new GraphQLError(message, { nodes: definition, extensions: { code: 'BAD_USER_INPUT' } }))
    if (found.length >= errorsMax) throw new EnoughFound()
  }
  try {
    for (const definition of definitions) checkVariable(schema, definition, values, report)
  } catch (error) {
    if (!(error instanceof EnoughFound)) throw error
  }
  return found
}

function checkVariable(
  schema: GraphQLSchema,
  definition: VariableDefinitionNode,
  values: Values,
  report: (definition: VariableDefinitionNode, message: string) => void,
): void {
  const name = definition.variable.name.value
  const type = typeFromAST(schema, definition.type)
  // A type that is unknown or not for input was refused when the document was validated.
  if (!isInputType(type)) return
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  if (value === undefined && (definition.defaultValue !== undefined || !isNonNullType(type))) return
  if (value === undefined) {
    report(definition, `Variable "$${name}" of type "${type}" is missing`)
    return
  }
  coerceInputValue(value, type, (path, _, error) =>
    report(definition, `Variable "$${name}" is wrong at "${placeOf(name, path)}": ${error.message}`),
  )
}

function placeOf(name: string, path: readonly (string | number)[]): string {
  return [name, ...path].join('.')
}
