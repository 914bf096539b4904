/** What of a subscription its results depend on, once there is a message: not where it begins, nor what it chooses. */

import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  isRequiredArgument,
  parse,
  print,
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'

export interface Selection {
  /** The operation by itself with the fragments that it uses, its root field with the arguments alone that it must have. */
  readonly document: DocumentNode
  readonly text: string
  /** Names of the variables that are left. */
  readonly variables: readonly string[]
}

export interface Subscribed {
  readonly selection: Selection
  /** The one root field as it was written. */
  readonly root: FieldNode
}

/** For a document that is valid in the schema, and the name of a subscription in it, if there are several operations. */
export function readSubscription(schema: GraphQLSchema, document: DocumentNode, name: string | null): Subscribed {
  const types = new TypeInfo(schema)
  const roots: FieldNode[] = []
  const bare = visit(
    onlyOperation(document, name),
    visitWithTypeInfo(types, {
      Field(node) {
        if (types.getParentType() !== schema.getSubscriptionType()) return undefined
        roots.push(node)
        return { ...node, arguments: node.arguments?.filter(isRequiredIn(types.getFieldDef())) ?? [] }
      },
    }),
  )
  const [root] = roots
  if (root === undefined) throw new TypeError('a valid subscription has a root field')
  return { selection: withoutUnused(bare), root }
}

function isRequiredIn(field: GraphQLField<unknown, unknown> | null | undefined) {
  const required = new Set(field?.args.filter(isRequiredArgument).map(({ name }) => name))
  return ({ name }: ArgumentNode) => required.has(name.value)
}

function onlyOperation(document: DocumentNode, name: string | null): DocumentNode {
  const separate = separateOperations(document)
  const [only] = Object.values(separate)
  const chosen = name === null ? only : separate[name]
  if (chosen === undefined) throw new TypeError(`no operation ${name}`)
  return chosen
}

function withoutUnused(document: DocumentNode): Selection {
  const used = new Set<string>()
  visit(document, {
    VariableDefinition: () => false,
    Variable({ name }) {
      used.add(name.value)
    },
  })
  const pruned = visit(document, {
    VariableDefinition: (node) => (used.has(node.variable.name.value) ? false : null),
  })
  const text = print(pruned)
  // Parsed anew, it holds nothing of the document that it is from: subscriptions live long.
  return { document: parse(text, { noLocation: true }), text, variables: [...used].sort() }
}
