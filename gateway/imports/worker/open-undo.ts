/**
 * What a job wrote, as the rows of another that takes it back: each written row one, the last one first, so that what
 * refers to a record goes before it. Rows that were written together are taken back together.
 */

import type { MapSet } from '../../../maps/model.ts'
import type { Participant } from '../../../schema/participant.ts'
import { RecentlyUsed } from '../../../schema/recently-used.ts'
import type { System, TransactionId } from '../../../schema/record.ts'
import type { JobId } from '../job/job.ts'
import type { WrittenRow } from '../job/outcome.ts'
import { FILE_START } from '../source/source.ts'
import type { JobStore } from '../store/job-store.ts'
import { writtenRowsBackwards } from '../store/kept-rows.ts'
import { type NativeImage, undoWrite, type WrittenWhole } from '../undo/undo-write.ts'
import { undoOnly, undoWhole } from '../undo/way-back.ts'
import { type Written, writtenBy } from '../undo/written-by.ts'
import { rowsAsLeft } from './as-left.ts'
import { meantBy } from './entity-rows.ts'
import { recordsReferredTo } from './native-reach.ts'
import type { OpenSource } from './open-source.ts'
import { faulty, type Meant, type ReadRow, type RowContent } from './read-row.ts'

export interface UndoParts {
  readonly store: Pick<JobStore, 'find' | 'outcomes'>
  readonly participants: ReadonlyMap<System, Pick<Participant, 'look' | 'read'>>
  readonly mapSet: MapSet
}

/** Rows of few batches alternate. */
const TRANSACTIONS_KEPT = 8

export function openUndo(of: JobId, { store, participants, mapSet }: UndoParts): OpenSource {
  const known = new RecentlyUsed<TransactionId, Promise<Written | null>>(TRANSACTIONS_KEPT)
  const writtenIn = (transaction: TransactionId): Promise<Written | null> => {
    const written = known.get(transaction) ?? writtenBy(mapSet, participants, transaction)
    known.set(transaction, written)
    written.catch(() => known.delete(transaction))
    return written
  }
  return {
    ...{ format: null, begin: FILE_START },
    fieldOf: (path) => (path[0] === 'input' ? path.slice(1) : path).join('.') || null,
    asLeft: (rows) => rowsAsLeft(rows, mapSet, participants),
    async *rows({ rows: before }) {
      let row = 0
      let first: { readonly row: number; readonly written: WrittenRow } | null = null
      for await (const written of writtenRowsBackwards(store, of)) {
        row += 1
        if (first === null || !areTogether(first.written, written)) first = { row, written }
        if (row <= before) continue
        const content: RowContent =
          first.row === row
            ? contentOf(mapSet, written, await writtenWith(written, writtenIn))
            : { kind: 'WITH', first: first.row }
        yield readUndo(row, written, content)
      }
    },
  }
}

async function writtenWith(
  { transaction }: WrittenRow,
  writtenIn: (transaction: TransactionId) => Promise<Written | null>,
): Promise<Written | null> {
  return transaction === null ? null : writtenIn(transaction)
}

function areTogether(one: WrittenRow, other: WrittenRow): boolean {
  return one.id !== null && one.id === other.id && one.transaction === other.transaction
}

function readUndo(row: number, { row: importedRow, id, outcome }: WrittenRow, content: RowContent): ReadRow {
  return {
    ...{ row, next: { ...FILE_START, rows: row }, storedBytes: 0, content },
    uploaded: { kind: 'RECORD', record: { row: importedRow, id, outcome } },
  }
}

function contentOf(mapSet: MapSet, { id }: WrittenRow, written: Written | null): RowContent {
  if (written === null) return refused('NOT_FOUND', 'What was there before is not known any more.')
  const whole = id === null ? undefined : written.wholes.get(id)
  const undo = whole === undefined ? undoOnly(mapSet, written.only) : undoWhole(mapSet, whole)
  switch (undo.through) {
    case 'NOTHING':
      return refused('CANNOT_UNDO', undo.message)
    case 'TABLE': {
      const left = whole?.images ?? [undo.image]
      return { kind: 'NATIVE', write: undo.write, ...nativelyMeant(mapSet, undo.image), left }
    }
    case 'ENTITY':
      return entityContent(mapSet, undo.whole)
  }
}

/** What was referred to before or after: each is to be there for as long as what refers to it. */
function nativelyMeant({ tables, byTable }: MapSet, { system, write }: NativeImage): Meant {
  const { table: name, key, before, after } = write
  const record = `${system} ${name} ${key}`
  const table = tables[system].get(name)
  const [map] = byTable(system, name)
  const referred = [before, after].flatMap((row) =>
    table === undefined || row === null ? [] : recordsReferredTo({ table, map }, row),
  )
  return { touches: { writes: [record], refers: referred.filter((one) => one !== record) }, record }
}

function entityContent(mapSet: MapSet, whole: WrittenWhole): RowContent {
  const { map, change, images, partImages } = whole
  const nothing = { entity: map.entity, operation: 'UPDATE', id: change.id, input: {}, expectedRevision: null } as const
  const write = undoWrite(mapSet, whole) ?? nothing
  // What is deleted refers to nothing any more by its write; what refers to another of them has to go before it.
  const given = change.operation === 'CREATE' ? (change.after ?? {}) : {}
  return { kind: 'ENTITY', write, ...meantBy({ mapSet, map }, write, given), left: [...images, ...partImages] }
}

function refused(code: string, message: string): RowContent {
  return faulty([{ code, field: null, system: null, message }])
}
