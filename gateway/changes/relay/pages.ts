/** An outbox read on and on, page by page, whatever goes wrong in between. */

import type { TransactionRow } from '../../../schema/participant.ts'
import type { Trouble } from '../trouble.ts'
import { type Disorder, OutOfOrder } from './disorder.ts'
import type { Commit } from './merge.ts'
import type { Outbox } from './outbox.ts'
import { weightOf } from './weight.ts'

/** Rows that are read at once. */
const PAGE = 50

/** Commits whose sequences follow each other, and the last of the page before. */
export type Page = readonly Commit[]

interface Reading {
  readonly trouble: Trouble
  readonly disorder: Disorder
  readonly signal: AbortSignal
}

/**
 * No page is empty. Reads no further than it is asked for; ends when the signal is aborted. After a failure less is
 * asked for at once, in case that it was too much, and more again only little by little. Nothing is ever passed over:
 * systems number their commits without a gap, so that a number that is left out is one that is still to come.
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
      end = page.at(-1)?.sequence ?? end
      if (page.length > 0) yield page
      else await outbox.waitBeyond(end, signal)
      limit = Math.min(PAGE, limit * 2)
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof OutOfOrder) disorder.met(error)
      else limit = Math.max(1, Math.floor(limit / 2))
      await trouble.met(error, signal)
    }
  }
}

function pageOf({ system }: Outbox, after: number, rows: readonly TransactionRow[]): Page {
  return rows.map((row, index) => {
    const before = after + index
    const { sequence } = row
    if (sequence !== before + 1) throw new OutOfOrder(system, row, before)
    return { system, sequence, row, bytes: weightOf(row.writes) }
  })
}
