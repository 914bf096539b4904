/**
 * Rows of cells that follow each other and give parts of one record, as the lines of an order, are one write: the first of
 * them carries it, with the parts of all, and the others go with it.
 */

import { BATCH_ROWS_MAX } from '../job/definition.ts'
import type { EntityContent, ReadRow, RowContent } from './read-row.ts'
import { faulty } from './read-row.ts'

type Input = EntityContent['write']['input']

/** `lists` are the names under which the entity has parts. */
export async function* joinedRows(rows: AsyncIterable<ReadRow>, lists: readonly string[]): AsyncGenerator<ReadRow> {
  let together: ReadRow[] = []
  for await (const row of rows) {
    const [first] = together
    if (first !== undefined && together.length < BATCH_ROWS_MAX && belongTogether(first, row, lists)) {
      together.push(row)
      continue
    }
    yield* joined(together, lists)
    together = [row]
  }
  yield* joined(together, lists)
}

/** The row that each goes with, itself for one that goes alone. */
export function goesWith({ row, content }: ReadRow): number {
  return content.kind === 'WITH' ? content.first : row
}

function belongTogether(first: ReadRow, row: ReadRow, lists: readonly string[]): boolean {
  return (
    isOfParts(first, lists) && isOfParts(row, lists) && recordOf(first) !== null && recordOf(first) === recordOf(row)
  )
}

function isOfParts({ uploaded, content }: ReadRow, lists: readonly string[]): boolean {
  return uploaded.kind === 'CELLS' && content.kind === 'ENTITY' && lists.some((list) => list in content.write.input)
}

function recordOf({ content }: ReadRow): string | null {
  return content.kind === 'ENTITY' ? content.record : null
}

function* joined(rows: readonly ReadRow[], lists: readonly string[]): Generator<ReadRow> {
  const [first, ...others] = rows
  if (first === undefined) return
  yield others.length === 0 ? first : { ...first, content: joinedContent(rows, lists) }
  for (const other of others) yield { ...other, content: { kind: 'WITH', first: first.row } }
}

/** Faulty where the rows contradict each other. */
function joinedContent(rows: readonly ReadRow[], lists: readonly string[]): RowContent {
  const contents = rows.flatMap(({ content }) => (content.kind === 'ENTITY' ? [content] : []))
  const [first, ...others] = contents
  if (first === undefined) throw new TypeError('there is no row to join')
  const contrary = others.flatMap(({ write }) => contradictions(first.write.input, write.input, lists))
  if (contrary.length > 0) {
    const names = [...new Set(contrary)]
    return faulty(
      names.map((field) => {
        const message = `The rows of this record say different things of ${field}.`
        return { code: 'VALIDATION', field, system: null, message }
      }),
    )
  }
  const input = Object.assign({}, ...contents.map(({ write }) => write.input)) as Input
  const parts = lists.flatMap((list): readonly [string, unknown][] => {
    const given = contents.flatMap(({ write }) => (list in write.input ? [write.input[list]] : []))
    return given.length === 0 ? [] : [[list, joinedParts(given)]]
  })
  const touches = {
    writes: [...new Set(contents.flatMap((one) => one.touches.writes))],
    refers: [...new Set(contents.flatMap((one) => one.touches.refers))],
  }
  return { ...first, touches, write: { ...first.write, input: { ...input, ...Object.fromEntries(parts) } } }
}

function contradictions(one: Input, other: Input, lists: readonly string[]): readonly string[] {
  return Object.keys(other).filter((name) => {
    if (lists.includes(name) || !(name in one)) return false
    return JSON.stringify(one[name]) !== JSON.stringify(other[name])
  })
}

/** Lists of parts, or what is to replace the parts there are. */
function joinedParts(given: readonly unknown[]): unknown {
  const isWhole = given.every((parts) => Array.isArray(parts))
  if (isWhole) return given.flat()
  return { replace: given.flatMap((parts) => (parts as { readonly replace: readonly unknown[] }).replace) }
}
