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
  readonly fields: number
  readonly aliases: number
}

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
    const counter = selectionCounter(context)
    const refuseAbove = (count: number, max: number, what: string): void => {
      if (count > max) context.reportError(new GraphQLError(`The operation has more than ${max} ${what}`))
    }
    return {
      OperationDefinition({ selectionSet }) {
        const { fields, aliases } = counter.count(selectionSet.selections)
        refuseAbove(counter.roots(selectionSet.selections), rootFieldsMax, 'top-level fields')
        refuseAbove(aliases, aliasesMax, 'aliases')
        refuseAbove(fields, fieldsMax, 'fields')
      },
    }
  }
}

/** Each fragment is counted once, however often it is spread; one that holds itself is another rule's to refuse. */
function selectionCounter(context: ValidationContext) {
  const fragments = new Map<string, Counts>()
  const fragmentRoots = new Map<string, number>()

  function count(selections: readonly SelectionNode[]): Counts {
    let fields = 0
    let aliases = 0
    for (const selection of selections) {
      const below = countBelow(selection)
      fields += below.fields
      aliases += below.aliases
      if (selection.kind !== Kind.FIELD) continue
      fields += 1
      aliases += selection.alias === undefined ? 0 : 1
    }
    return { fields, aliases }
  }

  function countBelow(selection: SelectionNode): Counts {
    if (selection.kind !== Kind.FRAGMENT_SPREAD) return count(selection.selectionSet?.selections ?? [])
    const name = selection.name.value
    const known = fragments.get(name)
    if (known !== undefined) return known
    fragments.set(name, { fields: 0, aliases: 0 })
    const counts = count(context.getFragment(name)?.selectionSet.selections ?? [])
    fragments.set(name, counts)
    return counts
  }

  function roots(selections: readonly SelectionNode[]): number {
    let total = 0
    for (const selection of selections) total += rootsOf(selection)
    return total
  }

  function rootsOf(selection: SelectionNode): number {
    if (selection.kind === Kind.FIELD) return 1
    if (selection.kind === Kind.INLINE_FRAGMENT) return roots(selection.selectionSet.selections)
    const name = selection.name.value
    const known = fragmentRoots.get(name)
    if (known !== undefined) return known
    fragmentRoots.set(name, 0)
    const total = roots(context.getFragment(name)?.selectionSet.selections ?? [])
    fragmentRoots.set(name, total)
    return total
  }

  return { count, roots }
}
