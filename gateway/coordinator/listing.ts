/**
 * Transactions as anybody may look them up: put together from the rows of every participant.
 */

import type { TransactionView } from '../../schema/caller-view.ts'
import type { Participant, TransactionQuery, TransactionRow } from '../../schema/participant.ts'
import type { System, TransactionId } from '../../schema/record.ts'
import type { Log } from './environment.ts'
import { Silence } from './silence.ts'
import { type Holding, viewOf } from './view.ts'

type Recent = Extract<TransactionQuery, { by: 'RECENT' }>

export interface Listing {
  /** Null where no system holds the id. Rejects with a {@link Silence} where none does but one gave no answer. */
  transaction(id: TransactionId): Promise<TransactionView | null>
  /** Newest first, one view for each transaction. Rejects with a {@link Silence} where no system answers. */
  transactions(query: Recent): Promise<readonly TransactionView[]>
}

export function createListing(participants: ReadonlyMap<System, Participant>, log: Log): Listing {
  const look = async (
    participant: Participant,
    query: TransactionQuery,
  ): Promise<readonly TransactionRow[] | 'SILENT'> => {
    try {
      return await participant.look(query)
    } catch (error) {
      log.warn({ system: participant.system, err: error }, 'a participant could not be asked for transactions')
      return 'SILENT'
    }
  }

  const holding = async (participant: Participant, id: TransactionId): Promise<Holding> => {
    const rows = await look(participant, { by: 'ID', id })
    return rows === 'SILENT' ? rows : (rows[0] ?? 'NOTHING')
  }

  const transaction = async (id: TransactionId, known: readonly (readonly TransactionRow[] | 'SILENT')[] = []) => {
    const holdings = [...participants].map(async ([system, participant], index) => {
      const page = known[index] ?? []
      const row = page === 'SILENT' ? page : page.find((row) => row.id === id)
      return [system, row ?? (await holding(participant, id))] as const
    })
    const bySystem = new Map(await Promise.all(holdings))
    const view = viewOf(bySystem)
    if (view === null && [...bySystem.values()].includes('SILENT')) {
      throw new Silence('A system that may hold the transaction gave no answer. Try again.')
    }
    return view
  }

  return {
    transaction: (id) => transaction(id),
    async transactions(query) {
      const pages = await Promise.all([...participants.values()].map((participant) => look(participant, query)))
      if (pages.every((page) => page === 'SILENT')) throw new Silence('No system gave an answer. Try again.')
      const rows = pages.flatMap((page) => (page === 'SILENT' ? [] : page))
      const newest = [...new Map(rows.toSorted(newestFirst).map((row) => [row.id, row])).keys()].slice(0, query.limit)
      const views = await Promise.all(newest.map((id) => transaction(id, pages)))
      return views.filter((view) => view !== null).toSorted(newestFirst)
    },
  }
}

function newestFirst(
  a: Pick<TransactionView, 'startedAt' | 'id'>,
  b: Pick<TransactionView, 'startedAt' | 'id'>,
): number {
  return b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1)
}
