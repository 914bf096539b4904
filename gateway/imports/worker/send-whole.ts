/** Rows that are written all together or not at all: the operations of one transaction. */

import { decodeId } from '../../../maps/identity.ts'
import type { MapSet } from '../../../maps/model.ts'
import type { TransactionView, WriteError } from '../../../schema/caller-view.ts'
import { SYSTEMS } from '../../../schema/record.ts'
import { operationsOn, outcomeOfWritten, type RowImage } from '../../sync/row-outcome.ts'
import type { Sync, TransactOperation } from '../../sync/write.ts'
import { batchKey } from '../job/job.ts'
import type { RowResult } from '../job/outcome.ts'
import { type Answer, isAway, isMismatch, type Shipment } from './answer.ts'
import type { EntityContent } from './read-row.ts'
import { failedResult, reasonOf, writtenResult } from './row-result.ts'

/** As long as a transaction may take at all: many rows are in it. */
const TIMEOUT_MS = 60_000

export async function sendWhole(
  shipment: Shipment,
  { sync, mapSet }: { readonly sync: Pick<Sync, 'transact'>; readonly mapSet: MapSet },
): Promise<Answer> {
  const { job, batch, rows } = shipment
  const { actor, mode } = job.definition
  const dryRun = mode === 'DRY_RUN'
  const operations = rows.flatMap(({ content }, at): readonly TransactOperation[] =>
    content.kind === 'ENTITY' ? [{ ...content.write, ...namedById(content), as: null, at: [String(at)] }] : [],
  )
  const { ids, transaction, errors } = await sync.transact({
    ...{ operations, actor, origin: 'IMPORT' },
    options: {
      idempotencyKey: dryRun ? null : batchKey(job, batch),
      ...{ expectedRevision: null, timeoutMs: TIMEOUT_MS, dryRun },
    },
  })
  if (errors.length > 0) return refusedWhole(shipment, transaction, errors)
  return { answer: 'ENDED', results: writtenTogether(shipment, mapSet, { ids, transaction, dryRun }) }
}

/** An update or a delete goes by the id alone, unless its record is still to be found. */
function namedById({ write, id }: Pick<EntityContent, 'write' | 'id'>) {
  if (write.matchBy !== undefined) return {}
  return write.operation === 'UPDATE' || write.operation === 'DELETE' ? { id: id ?? '' } : {}
}

function refusedWhole(
  { job, rows, fieldOf, isFirst }: Shipment,
  transaction: TransactionView | null,
  errors: readonly WriteError[],
): Answer {
  if (errors.some(isMismatch)) return { answer: 'OTHER_ROWS' }
  const ofRows = Map.groupBy(errors, ({ path: [at] }) => (at === undefined ? null : Number(at)))
  const isRefused = [...ofRows.keys()].some((at) => at !== null)
  // Without a transaction the planner has refused rows, or a system could not be asked about an earlier attempt.
  const isUnbegun = isFirst || job.definition.mode === 'DRY_RUN' || isRefused
  const isProven = transaction === null ? isUnbegun : transaction.state === 'REVERTED'
  if (!isProven) return { answer: 'UNKNOWN' }
  if (errors.every(isAway) || ofRows.keys().every((at) => at === null)) {
    const reasons = errors.map((error) => reasonOf(error, fieldOf))
    return { answer: 'REFUSED', retryable: errors.every(({ retryable }) => retryable), reasons }
  }
  const results = rows.map((row, at): RowResult => {
    const own = ofRows.get(at)
    if (own === undefined) return { row: row.row, outcome: 'NOT_ATTEMPTED' }
    const inRow = own.map((error) => ({ ...error, path: error.path.slice(1) }))
    return failedResult(row, inRow, fieldOf)
  })
  return { answer: 'ENDED', results }
}

interface Written {
  readonly ids: readonly (string | null)[]
  readonly transaction: TransactionView | null
  readonly dryRun: boolean
}

function writtenTogether(
  { rows }: Shipment,
  mapSet: MapSet,
  { ids, transaction, dryRun }: Written,
): readonly RowResult[] {
  const images = imagesByRow(transaction)
  return rows.map((row, at) => {
    const id = ids[at] ?? null
    const decoded = id === null ? null : decodeId(id)
    const map = mapSet.byEntity.get(decoded?.entity ?? '')
    if (map === undefined || decoded === null) return writtenResult(row, { outcome: 'UNCHANGED', id })
    const subject = { map, key: decoded.key, parts: mapSet.partsOf(map.entity) }
    const own = images.get(at) ?? []
    const outcome = outcomeOfWritten(subject, own, dryRun ? null : (transaction?.id ?? null))
    return writtenResult(
      row,
      dryRun ? { ...outcome, judged: { revision: null, systems: operationsOn(map, own) } } : outcome,
    )
  })
}

function imagesByRow(transaction: TransactionView | null): ReadonlyMap<number, readonly RowImage[]> {
  const images = SYSTEMS.flatMap((system) =>
    (transaction?.legs ?? [])
      .filter((leg) => leg.system === system)
      .flatMap(({ writes }) => writes.map((image): RowImage => ({ system, image }))),
  )
  return Map.groupBy(images, ({ image }) => Number(image.at?.[0]))
}
