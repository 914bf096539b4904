import { type FragmentDefinitionNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'

/** Whether the field being resolved is asked for nothing but these fields of its type. */
export function selectsOnly(info: GraphQLResolveInfo, names: ReadonlySet<string>): boolean {
  return info.fieldNodes.every(({ selectionSet }) => selectionSet === undefined || holdsOnly(selectionSet, names, info))
}

function holdsOnly(
  { selections }: SelectionSetNode,
  names: ReadonlySet<string>,
  info: { readonly fragments: Readonly<Record<string, FragmentDefinitionNode>> },
): boolean {
  return selections.every((selection) => {
    if (selection.kind === Kind.FIELD) return names.has(selection.name.value)
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value]
    return fragment !== undefined && holdsOnly(fragment.selectionSet, names, info)
  })
}
