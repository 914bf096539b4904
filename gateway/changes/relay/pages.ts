/** An outbox read on and on, page by page, whatever goes wrong in between. */

import type { TransactionRow } from '../../../schema/participant.ts'
import type { Span } from '../stream/stream.ts'
import type { Trouble } from '../trouble.ts'
import { type Disorder, OutOfOrder } from './disorder.ts'
import type { Commit } from './merge.ts'
import type { Outbox } from './outbox.ts'
import { weightOf } from './weight.ts'

/** Rows that are read at once. */
const PAGE = 50

export interface Page {
  readonly commits: readonly Commit[]
  /** Sequences before and between the commits that are not there: nothing is left to be published of them. */
  readonly holes: readonly Span[]
}

interface Reading {
  readonly trouble: Trouble
  readonly disorder: Disorder
  readonly signal: AbortSignal
}

/**
 * No page is empty. Reads no further than it is asked for; ends when the signal is aborted. After a failure less is
 * asked for at once, in case that it was too much, and more again only little by little.
 */
export async function* pagesOf(
  outbox: Outbox,
  after: number,
  { trouble, disorder, signal }: Reading,
): AsyncGenerator<Page, void, void> {
  let end = after
  let limit = PAGE
  while (!signal.aborted) {
    try {
      const rows = await outbox.read(end, limit)
      const page = pageOf(outbox, end, rows)
      trouble.over()
      disorder.over(outbox.system)
      end = page.commits.at(-1)?.sequence ?? end
      if (rows.length > 0) yield page
      else await outbox.waitBeyond(end, signal)
      limit = Math.min(PAGE, limit * 2)
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof OutOfOrder) disorder.met(error)
      limit = Math.max(1, Math.floor(limit / 2))
      await trouble.met(error, signal)
    }
  }
}

function pageOf({ system }: Outbox, after: number, rows: readonly TransactionRow[]): Page {
  const commits: Commit[] = []
  const holes: Span[] = []
  let end = after
  for (const row of rows) {
    const { sequence } = row
    if (sequence === null || sequence <= end) throw new OutOfOrder(system, row, end)
    if (sequence > end + 1) holes.push([end + 1, sequence - 1])
    commits.push({ system, sequence, row, bytes: weightOf(row.writes) })
    end = sequence
  }
  return { commits, holes }
}
