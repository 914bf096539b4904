/** Which column goes to which field, as it is typed or as a JSON file has it. */

import { UsageError } from './usage-error.ts'

export interface Column {
  readonly from: string
  readonly to: string
}

/** What was typed, apart: columns, and the names of files that hold more of them. */
export interface TypedColumns {
  readonly columns: readonly Column[]
  readonly files: readonly string[]
}

/** What has no `=` is a file. The last one parts the two: a header may hold one, a field never does. */
export function typedColumns(typed: readonly string[]): TypedColumns {
  const isFile = (text: string) => !text.includes('=')
  return {
    columns: typed.filter((text) => !isFile(text)).map((text) => partedAt(text, text.lastIndexOf('='))),
    files: typed.filter(isFile),
  }
}

function partedAt(text: string, at: number): Column {
  const column = { from: text.slice(0, at), to: text.slice(at + 1) }
  if (column.from === '' || column.to === '') throw new UsageError(`--columns "${text}" is not FROM=TO`)
  return column
}

/** From the text of a JSON file: `{"from": "to"}`, or a list of `{"from", "to"}`. `name` is what it is called. */
export function columnsInFile(name: string, text: string): readonly Column[] {
  const found = parsed(name, text)
  const pairs = Array.isArray(found) ? found : Object.entries(objectOf(found)).map(([from, to]) => ({ from, to }))
  if (pairs.length > 0 && pairs.every(isColumn)) return pairs.map(({ from, to }) => ({ from, to }))
  throw new UsageError(`${name} is neither {"from": "to"} nor a list of {"from": "…", "to": "…"}`)
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`${name} is not JSON; a column is given as FROM=TO, or many in a JSON file`)
  }
}

function objectOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}

function isColumn(value: unknown): value is Column {
  const { from, to }: Partial<Record<keyof Column, unknown>> = objectOf(value)
  return typeof from === 'string' && typeof to === 'string'
}
