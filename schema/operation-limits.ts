/** Bounds on what one operation may ask for, checked before anything runs. */

import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth'
import { GraphQLError, Kind, type SelectionNode, type ValidationContext, type ValidationRule } from 'graphql'

/** Selections are counted with every fragment written out, so that none multiplies unseen. */
export interface OperationLimits {
  readonly depthMax: number
  /** Top-level fields: each mutation among them is a transaction. */
  readonly rootFieldsMax: number
  /** Fields given another name, by which one field can be asked for many times. */
  readonly aliasesMax: number
  readonly fieldsMax: number
}

export const OPERATION_LIMITS: Omit<OperationLimits, 'depthMax'> = {
  rootFieldsMax: 50,
  aliasesMax: 250,
  fieldsMax: 5_000,
}

interface Counts {
  readonly roots: number
  readonly fields: number
  readonly aliases: number
}

const NOTHING: Counts = { roots: 0, fields: 0, aliases: 0 }

export function limitRules(limits: OperationLimits): readonly ValidationRule[] {
  return [depthRule(limits.depthMax), selectionsRule(limits)]
}

/** Introspection has a bound of its own in the specified rules. */
function depthRule(depthMax: number): ValidationRule {
  return maxDepthRule({
    n: depthMax,
    ignoreIntrospection: true,
    flattenFragments: true,
    propagateOnRejection: false,
    onReject: [
      (context) => context?.reportError(new GraphQLError(`The operation is nested deeper than ${depthMax} levels`)),
    ],
  })
}

function selectionsRule({ rootFieldsMax, aliasesMax, fieldsMax }: OperationLimits): ValidationRule {
  return (context) => {
    const count = selectionCounter(context)
    const refuseAbove = (counted: number, max: number, what: string): void => {
      if (counted > max) context.reportError(new GraphQLError(`The operation has more than ${max} ${what}`))
    }
    return {
      OperationDefinition({ selectionSet }) {
        const { roots, fields, aliases } = count(selectionSet.selections)
        refuseAbove(roots, rootFieldsMax, 'top-level fields')
        refuseAbove(aliases, aliasesMax, 'aliases')
        refuseAbove(fields, fieldsMax, 'fields')
      },
    }
  }
}

/** Each fragment is counted once, however often it is spread; one that holds itself is another rule's to refuse. */
function selectionCounter(context: ValidationContext): (selections: readonly SelectionNode[]) => Counts {
  const fragments = new Map<string, Counts>()

  function count(selections: readonly SelectionNode[]): Counts {
    return selections.map(countOne).reduce(sum, NOTHING)
  }

  function countOne(selection: SelectionNode): Counts {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return countFragment(selection.name.value)
    const below = count(selection.selectionSet?.selections ?? [])
    if (selection.kind === Kind.INLINE_FRAGMENT) return below
    const alias = selection.alias === undefined ? 0 : 1
    return { roots: 1, fields: below.fields + 1, aliases: below.aliases + alias }
  }

  function countFragment(name: string): Counts {
    const known = fragments.get(name)
    if (known !== undefined) return known
    fragments.set(name, NOTHING)
    const counts = count(context.getFragment(name)?.selectionSet.selections ?? [])
    fragments.set(name, counts)
    return counts
  }

  return count
}

function sum(one: Counts, other: Counts): Counts {
  return {
    roots: one.roots + other.roots,
    fields: one.fields + other.fields,
    aliases: one.aliases + other.aliases,
  }
}
