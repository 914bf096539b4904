/** What a job wrote, as the rows of another that takes it back: each written row one, in their order. */

import type { MapSet } from '../../../maps/model.ts'
import type { Participant, System, TransactionId } from '../../../schema/participant.ts'
import { RecentlyUsed } from '../../../schema/recently-used.ts'
import type { JobId } from '../job/job.ts'
import type { WrittenRow } from '../job/outcome.ts'
import { FILE_START } from '../source/source.ts'
import type { JobStore } from '../store/job-store.ts'
import { writtenRows } from '../store/kept-rows.ts'
import { undoWrite, type WrittenWhole } from '../undo/undo-write.ts'
import { writtenBy } from '../undo/written-by.ts'
import { meantBy } from './entity-rows.ts'
import type { OpenSource } from './open-source.ts'
import { faulty, type ReadRow, type RowContent } from './read-row.ts'

export interface UndoParts {
  readonly store: Pick<JobStore, 'outcomes'>
  readonly participants: ReadonlyMap<System, Pick<Participant, 'look'>>
  readonly mapSet: MapSet
}

type Written = ReadonlyMap<string, WrittenWhole>

/** Rows of few batches alternate. */
const TRANSACTIONS_KEPT = 8

export function openUndo(of: JobId, { store, participants, mapSet }: UndoParts): OpenSource {
  const known = new RecentlyUsed<TransactionId, Promise<Written>>(TRANSACTIONS_KEPT)
  const writtenIn = (transaction: TransactionId): Promise<Written> => {
    const written = known.get(transaction) ?? writtenBy(mapSet, participants, transaction)
    known.set(transaction, written)
    written.catch(() => known.delete(transaction))
    return written
  }
  return {
    ...{ format: null, begin: FILE_START },
    fieldOf: (path) => (path[0] === 'input' ? path.slice(1) : path).join('.') || null,
    async *rows({ rows: before }) {
      let row = 0
      for await (const written of writtenRows(store, of)) {
        row += 1
        if (row > before) yield readUndo(mapSet, row, written, await wholeOf(written, writtenIn))
      }
    },
  }
}

async function wholeOf(
  { id, transaction }: WrittenRow,
  writtenIn: (transaction: TransactionId) => Promise<Written>,
): Promise<WrittenWhole | undefined> {
  return id === null || transaction === null ? undefined : (await writtenIn(transaction)).get(id)
}

function readUndo(mapSet: MapSet, row: number, written: WrittenRow, whole: WrittenWhole | undefined): ReadRow {
  const { row: importedRow, id, outcome } = written
  return {
    ...{ row, next: { ...FILE_START, rows: row }, storedBytes: 0 },
    uploaded: { kind: 'RECORD', record: { row: importedRow, id, outcome } },
    content: contentOf(mapSet, whole),
  }
}

function contentOf(mapSet: MapSet, whole: WrittenWhole | undefined): RowContent {
  if (whole === undefined) {
    const message = 'What was there before is not known any more.'
    return faulty([{ code: 'NOT_FOUND', field: null, system: null, message }])
  }
  const { map, change } = whole
  const nothing = { entity: map.entity, operation: 'UPDATE', id: change.id, input: {}, expectedRevision: null } as const
  const write = undoWrite(mapSet, whole) ?? nothing
  return { kind: 'ENTITY', write, ...meantBy({ mapSet, map }, write) }
}
