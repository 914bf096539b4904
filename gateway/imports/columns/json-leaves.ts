/** The values of a JSON row with their places: into references and lists of parts, by names or as `columns` say. */

import type { TableMap } from '../../../maps/model.ts'
import type { Json } from '../../../schema/record.ts'
import type { RecordObject } from '../source/source.ts'
import type { Planning } from './bind-columns.ts'
import type { CellFault } from './columns.ts'
import { partOf, type Resolved } from './target.ts'

/** A value that is to be read, or what is wrong with its place. */
export type JsonLeaf =
  | { readonly resolved: Resolved; readonly at: number; readonly value: Json; readonly header: string }
  | { readonly fault: CellFault }

type Context = Pick<Planning, 'mapSet' | 'map' | 'resolver'>

/** `to` is the path of a field or a list, or a header that means one. */
export function* jsonLeaves(context: Context, to: string, value: Json, header: string): Generator<JsonLeaf> {
  const part = partOf(context.mapSet, context.map, to)
  if (part === null) yield* fieldLeaves(context, { list: null, to, at: 0, header }, value)
  else yield* partLeaves(context, { to, part, header }, value)
}

interface Place {
  readonly list: string | null
  readonly to: string
  readonly at: number
  readonly header: string
}

function* fieldLeaves({ resolver }: Context, { list, to, at, header }: Place, value: Json): Generator<JsonLeaf> {
  const resolved = resolver(list, to)
  const field = resolved.ok && resolved.target.member !== null && !to.includes('.') ? resolved.target.field : null
  if (field === null || !isObject(value)) {
    yield { resolved, at, value, header }
    return
  }
  for (const [member, inner] of Object.entries(value)) {
    yield { resolved: resolver(list, `${field.name}.${member}`), at, value: inner, header: `${header}.${member}` }
  }
}

function* partLeaves(
  context: Context,
  { to, part, header }: { readonly to: string; readonly part: TableMap; readonly header: string },
  value: Json,
): Generator<JsonLeaf> {
  if (!Array.isArray(value)) {
    yield { fault: notA(to, header, `a list of ${part.entity} records`) }
    return
  }
  for (const [at, record] of value.entries()) {
    if (!isObject(record)) yield { fault: notA(to, `${header}.${at}`, `a ${part.entity} record`) }
    else {
      for (const [name, inner] of Object.entries(record)) {
        yield* fieldLeaves(context, { list: to, to: name, at, header: `${header}.${at}.${name}` }, inner)
      }
    }
  }
}

function notA(field: string, header: string, what: string): CellFault {
  return { code: 'VALIDATION', field: [field], header, message: `"${header}" must be ${what}` }
}

function isObject(value: Json): value is RecordObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
