/** Which column goes to which field, as it is typed or as a JSON file has it. */

import { z } from 'zod'
import { UsageError } from './usage-error.ts'

export interface Column {
  readonly from: string
  readonly to: string
  /** What some of its cells stand for. */
  readonly values?: readonly { readonly from: string; readonly to: string }[]
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

const texts = z.record(z.string(), z.string())
const columnFile = z.union([
  texts.transform(pairs),
  z.array(z.strictObject({ from: z.string(), to: z.string(), values: texts.transform(pairs).exactOptional() })),
])

/**
 * From the text of a JSON file: `{"from": "to"}`, or a list of `{"from", "to"}` that may say in `values` what cells stand
 * for, as `{"Germany": "DE"}`. `name` is what the file is called.
 */
export function columnsInFile(name: string, text: string): readonly Column[] {
  const { success, data } = columnFile.safeParse(parsed(name, text))
  if (success && data.length > 0) return data
  throw new UsageError(`${name} is neither {"from": "to"} nor a list of {"from": "…", "to": "…", "values": {…}}`)
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`${name} is not JSON; a column is given as FROM=TO, or many in a JSON file`)
  }
}

function pairs(given: Readonly<Record<string, string>>) {
  return Object.entries(given).map(([from, to]) => ({ from, to }))
}
