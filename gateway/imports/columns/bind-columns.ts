/** The columns of a file, and the constants, with their places in the input. */

import type { MapSet, TableMap } from '../../../maps/model.ts'
import type { Leaf } from './assemble.ts'
import { readValue } from './cell-value.ts'
import type { ColumnOptions, ColumnProblem } from './columns.ts'
import type { Resolver } from './resolver.ts'
import { type Resolved, resolvePath, type Target } from './target.ts'

export interface Planning {
  readonly resolver: Resolver
  readonly mapSet: MapSet
  readonly map: TableMap
  readonly options: ColumnOptions
}

/** `at` is the place of its cell in a row; null in JSON. */
export interface BoundColumn {
  readonly header: string
  readonly at: number | null
  readonly target: Target
  /** What texts stand for in it. */
  readonly values: Readonly<Record<string, string>>
}

export interface Bound {
  readonly columns: readonly BoundColumn[]
  readonly problems: readonly ColumnProblem[]
}

export function bindHeader({ mapSet, map, resolver, options }: Planning, header: readonly string[]): Bound {
  const given = options.columns ?? null
  const asked = header.flatMap((name, at) => {
    const named = given?.filter(({ from }) => from === name) ?? []
    if (named.length === 0) {
      const resolved = given === null ? resolveName(resolver, name, at) : LEFT_OUT
      return [{ name, at, resolved, values: {}, isGiven: false }]
    }
    return named.map(({ to, values = {} }) => {
      const resolved = resolvePath(mapSet, map, to.split('.'))
      return { name, at, resolved, values, isGiven: true }
    })
  })
  const columns = asked.flatMap(({ name, at, resolved, values }) =>
    resolved.ok ? [{ header: name, at, target: resolved.target, values }] : [],
  )
  const isIgnored = options.unknown === 'IGNORE'
  return {
    columns,
    problems: [
      ...asked.flatMap(({ name, resolved, isGiven }) =>
        resolved.ok || (isIgnored && !isGiven) ? [] : [problemOf(name, resolved, isGiven)],
      ),
      ...(given ?? []).filter(({ from }) => !header.includes(from)).map(({ from }) => missing(from)),
      ...mappedTwice(columns),
    ],
  }
}

export function bindNames({ mapSet, map, options }: Planning): Bound {
  const resolved = (options.columns ?? []).map(({ from, to, values = {} }) => {
    return { from, to, values, resolved: resolveTo(mapSet, map, to) }
  })
  const columns = resolved.flatMap(({ from, values, resolved }) =>
    resolved.ok ? [{ header: from, at: null, target: resolved.target, values }] : [],
  )
  return {
    columns,
    problems: [
      ...resolved.flatMap(({ from, resolved }) => (resolved.ok ? [] : [problemOf(from, resolved, true)])),
      ...mappedTwice(columns),
    ],
  }
}

/** A list of parts may be a target of JSON: it stands for the first field of its records here. */
function resolveTo(mapSet: MapSet, map: TableMap, to: string): Resolved {
  const part = mapSet.partsOf(map.entity).find(({ parent }) => parent?.list === to)
  return resolvePath(mapSet, map, part === undefined ? to.split('.') : [to, part.key.at(-1)?.name ?? ''])
}

const LEFT_OUT: Resolved = { ok: false, code: 'UNKNOWN_FIELD', message: 'It is not among the given columns.' }

function resolveName(resolver: Resolver, name: string, at: number): Resolved {
  if (name !== '') return resolver(null, name)
  return { ok: false, code: 'UNKNOWN_FIELD', message: `Column ${at + 1} has no name.` }
}

function problemOf(header: string, resolved: Extract<Resolved, { ok: false }>, isGiven: boolean): ColumnProblem {
  const { code, message } = resolved
  return { code: code === 'UNKNOWN_FIELD' && !isGiven ? 'UNKNOWN_COLUMN' : code, header, message }
}

function missing(header: string): ColumnProblem {
  return { code: 'UNKNOWN_COLUMN', header, message: `The file has no column "${header}".` }
}

function mappedTwice(columns: readonly BoundColumn[]): readonly ColumnProblem[] {
  const byPath = Map.groupBy(columns, ({ target }) => target.name)
  return [...byPath].flatMap(([path, [first, second]]): readonly ColumnProblem[] => {
    if (first === undefined || second === undefined) return []
    const message = `Columns "${first.header}" and "${second.header}" both go to ${path}.`
    return [{ code: 'MAPPED_TWICE', header: second.header, message }]
  })
}

export function planConstants({ mapSet, map, options }: Planning) {
  const leaves: Leaf[] = []
  const problems: ColumnProblem[] = []
  for (const { to, value } of options.constants ?? []) {
    const resolved = resolvePath(mapSet, map, to.split('.'))
    const read = resolved.ok ? readValue(mapSet, resolved.target, value, formOf(options)) : null
    if (resolved.ok && read?.ok === true)
      leaves.push({ target: resolved.target, at: 0, value: read.value, header: null })
    else if (!resolved.ok) problems.push({ code: resolved.code, header: to, message: resolved.message })
    else if (read?.ok === false) problems.push({ code: 'BAD_CONSTANT', header: to, message: `${to} ${read.message}` })
  }
  return { leaves, problems }
}

export const formOf = ({ decimalMark = '.' }: ColumnOptions) => ({ decimalMark })
