/** Selections below a type, drawn at random: aliases, fragments, conditions, unions, lists, and what both systems hold. */

import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql'

/** A whole number from 0 to `max`. */
export type Draw = (max: number) => number

/** The variables that conditions are made with. */
export const CONDITIONS = { yes: true, no: false } as const
export const CONDITION_VARIABLES = '$yes: Boolean!, $no: Boolean!'

interface Selected {
  readonly text: string
  /** Definitions of the fragments that it uses. */
  readonly fragments: readonly string[]
}

const DIRECTIVES = [
  ...['', '', '', '', ''],
  ...[' @include(if: $yes)', ' @skip(if: $no)', ' @include(if: $yes) @skip(if: $no)'],
  ...[' @include(if: $no)', ' @skip(if: $yes)'],
]
const WRAPS = ['PLAIN', 'PLAIN', 'PLAIN', 'INLINE', 'NAMED'] as const

export function drawSelection(schema: GraphQLSchema, type: GraphQLObjectType, draw: Draw, depth: number): Selected {
  const fragments: string[] = []
  let names = 0
  const nextName = (prefix: string) => {
    names += 1
    return `${prefix}${names}`
  }
  const pick = <T>(values: readonly T[]): T => {
    const value = values[draw(values.length - 1)]
    if (value === undefined) throw new RangeError('nothing to choose from')
    return value
  }

  /** `apart`: under names of their own, so that the members of a union never differ about one. */
  function selection(of: GraphQLObjectType, left: number, apart: boolean): string {
    const fields = Object.values(of.getFields()).filter((field) => isSelectable(field, left))
    const leading = fields.filter((field) => !isLeafType(getNamedType(field.type)))
    const count = 1 + draw(4)
    const chosen = new Set(
      Array.from({ length: count }, () => pick(leading.length > 0 && draw(1) === 1 ? leading : fields)),
    )
    // Where all of an object is left out, the planner leaves out the object, in queries as in subscriptions.
    return ['__typename', ...[...chosen].map((field) => wrapped(of, selected(field, left, apart)))].join(' ')
  }

  function selected(field: GraphQLField<unknown, unknown>, left: number, apart: boolean): string {
    const alias = apart || pick([true, false, false]) ? `${nextName('a')}: ` : ''
    const list = field.args.some(({ name }) => name === 'first') ? '(first: 2)' : ''
    return `${alias}${field.name}${list}${pick(DIRECTIVES)}${below(field, left - 1, apart)}`
  }

  function below(field: GraphQLField<unknown, unknown>, left: number, apart: boolean): string {
    const type = getNamedType(field.type)
    if (isObjectType(type)) return ` { ${selection(type, left, apart)} }`
    if (!isUnionType(type)) return ''
    const members = schema
      .getPossibleTypes(type)
      .map((member) => `... on ${member.name} { ${selection(member, left, true)} }`)
    return ` { __typename ${members.join(' ')} }`
  }

  function wrapped(of: GraphQLObjectType, text: string): string {
    switch (pick(WRAPS)) {
      case 'PLAIN':
        return text
      case 'INLINE':
        return `... on ${of.name}${pick(DIRECTIVES)} { ${text} }`
      case 'NAMED': {
        const name = nextName('f')
        fragments.push(`fragment ${name} on ${of.name} { ${text} }`)
        return `...${name}${pick(DIRECTIVES)}`
      }
    }
  }

  // No variable may go unused.
  return { text: `__typename @include(if: $yes) @skip(if: $no) ${selection(type, depth, false)}`, fragments }
}

function isSelectable(field: GraphQLField<unknown, unknown>, left: number): boolean {
  const type = getNamedType(field.type)
  return !field.args.some(isRequiredArgument) && (isLeafType(type) || (isCompositeType(type) && left > 0))
}
