/**
 * Rows of cells that follow each other and give parts of one record, as the lines of an order, are one write: the first of
 * them carries it, with the parts of all, and the others go with it.
 */

import { BATCH_ROWS_MAX } from '../job/definition.ts'
import type { EntityContent, FaultyContent, ReadRow, RowContent } from './read-row.ts'
import { faulty } from './read-row.ts'

type Input = EntityContent['write']['input']

/** Of the rows of one record. */
const JOINED_BYTES_MAX = 8 * 1024 * 1024

/**
 * `lists` are the names under which the rows give parts. Where one row of a record is at fault, all are: else the record
 * would be written without a part of it, and would lose the others when that one comes again, corrected. A row of which
 * not even the record can be read may be of the one before it or of the one behind it.
 */
export async function* joinedRows(rows: AsyncIterable<ReadRow>, lists: readonly string[]): AsyncGenerator<ReadRow> {
  let together: ReadRow[] = []
  let isDoubtful = false
  /** The first of rows that are too many: those behind it are not kept. */
  let beyond: ReadRow | null = null
  for await (const row of rows) {
    if (beyond !== null && belongTogether(beyond, row, lists)) {
      yield atFault(row, TOO_LARGE, recordOf(row, lists))
      continue
    }
    beyond = null
    const [first] = together
    if (first !== undefined && belongTogether(first, row, lists)) {
      together.push(row)
      if (!isTooLarge(first, row)) continue
      for (const one of together) yield atFault(one, TOO_LARGE, recordOf(first, lists))
      beyond = first
      together = []
      isDoubtful = false
      continue
    }
    yield* joined(together, lists, isDoubtful || isUnreadable(row))
    isDoubtful = first !== undefined && isUnreadable(first)
    together = [row]
  }
  yield* joined(together, lists, isDoubtful)
}

/** The row that each goes with, itself for one that goes alone. */
export function goesWith({ row, content }: ReadRow): number {
  return content.kind === 'WITH' ? content.first : row
}

function belongTogether(first: ReadRow, row: ReadRow, lists: readonly string[]): boolean {
  const record = recordOf(first, lists)
  return record !== null && record === recordOf(row, lists)
}

/** Of a row that gives parts, or is at fault. */
function recordOf({ content }: ReadRow, lists: readonly string[]): string | null {
  if (content.kind === 'FAULTY') return content.among
  return content.kind === 'ENTITY' && lists.some((list) => list in content.write.input) ? content.record : null
}

function isUnreadable({ content }: ReadRow): boolean {
  return content.kind === 'FAULTY' && content.among === null
}

function* joined(rows: readonly ReadRow[], lists: readonly string[], isDoubtful: boolean): Generator<ReadRow> {
  const [first, ...others] = rows
  if (first === undefined) return
  const isSpoilt = rows.some(({ content }) => content.kind === 'FAULTY') || isDoubtful
  const record = recordOf(first, lists)
  if (isSpoilt && record !== null) {
    for (const row of rows) yield atFault(row, INCOMPLETE, record)
    return
  }
  yield others.length === 0 ? first : { ...first, content: joinedContent(rows, lists) }
  for (const other of others) yield { ...other, content: { kind: 'WITH', first: first.row } }
}

/** A fault of its own says more. */
function atFault(row: ReadRow, { reasons }: FaultyContent, record: string | null): ReadRow {
  const own = row.content.kind === 'FAULTY' ? row.content.reasons : reasons
  return { ...row, content: { ...faulty(own, record), isJoint: true } }
}

/** They are one write, and in memory until the last of them is read. */
function isTooLarge(first: ReadRow, { row, next }: ReadRow): boolean {
  return row - first.row >= BATCH_ROWS_MAX || next.byte - first.next.byte > JOINED_BYTES_MAX
}

const TOO_LARGE = faulty([
  {
    ...{ code: 'TOO_LARGE', field: null, system: null },
    message: `The rows of this record are more than ${BATCH_ROWS_MAX}, or more than 8 MiB: none of them is written.`,
  },
])

const INCOMPLETE = faulty([
  {
    ...{ code: 'INCOMPLETE', field: null, system: null },
    message: 'Another row of this record, or one beside it that may be, is at fault: none of them is written.',
  },
])

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
      first.record,
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
