/**
 * A subscription whose root field may be left out subscribes to nothing, and the rules of validation stumble over one
 * that is left out by a variable. So it is refused before: as the GraphQL specification of September 2025 has it, the root of a
 * subscription takes neither @skip nor @include.
 */

import { type DirectiveNode, type DocumentNode, GraphQLError, Kind, parse, type SelectionSetNode } from 'graphql'

/** Null where there is nothing against the text, or where it is no document at all. */
export function refuseRootConditions(query: string, tokensMax: number): GraphQLError | null {
  if (!/@(skip|include)\b/.test(query) || !query.includes('subscription')) return null
  const document = parsed(query, tokensMax)
  const condition = document === null ? null : rootCondition(document)
  if (condition === null) return null
  const message = `The root field of a subscription cannot be left out: take @${condition.name.value} away`
  return new GraphQLError(message, { nodes: condition, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })
}

function parsed(query: string, maxTokens: number): DocumentNode | null {
  try {
    return parse(query, { maxTokens })
  } catch (error) {
    if (error instanceof GraphQLError) return null
    throw error
  }
}

function rootCondition({ definitions }: DocumentNode): DirectiveNode | null {
  const fragments = new Map(
    definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one.selectionSet]] : [])),
  )
  const seen = new Set<SelectionSetNode>()
  const waiting = definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION && one.operation === 'subscription' ? [one.selectionSet] : [],
  )
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    for (const selection of next.selections) {
      const condition = selection.directives?.find(({ name }) => name.value === 'skip' || name.value === 'include')
      if (condition !== undefined) return condition
      const below = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : undefined
      if (selection.kind === Kind.INLINE_FRAGMENT) waiting.push(selection.selectionSet)
      else if (below !== undefined) waiting.push(below)
    }
  }
  return null
}
