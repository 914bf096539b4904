/** Rows of one system's own table, each a native write, which takes the other system along. */

import type { MapSet } from '../../../maps/model.ts'
import type { NativeOutcome, NativeWrite } from '../../../schema/native-write.ts'
import type { WriteImage } from '../../../schema/participant.ts'
import { imagesOf, operationsOn } from '../../sync/row-outcome.ts'
import type { JudgedRow, Sync } from '../../sync/write.ts'
import { batchKey } from '../job/job.ts'
import type { RowResult, WrittenRow } from '../job/outcome.ts'
import { type Answer, answerOf, isAway, isMismatch, type Shipment } from './answer.ts'
import type { NativeRow, ReadRow } from './read-row.ts'
import { failedResult } from './row-result.ts'

const AT_ONCE = 8

interface Parts {
  readonly sync: Pick<Sync, 'writeNative'>
  readonly mapSet: MapSet
}

export async function sendNative(shipment: Shipment, parts: Parts): Promise<Answer> {
  const results: (RowResult | 'UNKNOWN' | 'OTHER_ROWS')[] = []
  const left = shipment.rows.values()
  const run = async () => {
    for (const row of left) results.push(await sendRow(shipment, row, parts))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, run))
  if (results.includes('OTHER_ROWS')) return { answer: 'OTHER_ROWS' }
  const known = results.filter((one) => typeof one === 'object')
  return known.length < results.length ? { answer: 'UNKNOWN' } : answerOf(known)
}

async function sendRow(
  { job, batch, fieldOf, isFirst }: Shipment,
  read: ReadRow,
  { sync, mapSet }: Parts,
): Promise<RowResult | 'UNKNOWN' | 'OTHER_ROWS'> {
  if (read.content.kind !== 'NATIVE') throw new TypeError('The row is of no native table')
  const { actor, mode } = job.definition
  const { write } = read.content
  const dryRun = mode === 'DRY_RUN'
  const key = `${batchKey(job, batch)}/${read.row}`
  const send = (operation: NativeWrite['operation']) =>
    sync.writeNative({
      ...{ system: write.system, table: write.table, operation, parts: [], actor },
      ...argumentsOf(write, operation),
      options: {
        idempotencyKey: dryRun ? null : `${key}/${operation.toLowerCase()}`,
        ...{ expectedRevision: write.expectedRevision ?? null, timeoutMs: null, dryRun },
      },
    })
  const outcome = await (write.operation === 'UPSERT' ? upserted(send) : send(write.operation))
  const { transaction, errors } = outcome
  if (errors.length === 0) {
    const written = writtenNatively(read.row, write, outcome)
    return dryRun ? { ...written, transaction: null, judged: judgedOf(mapSet, write, outcome) } : written
  }
  if (errors.some(isMismatch)) return 'OTHER_ROWS'
  // Without a transaction it may be that a system could not be asked about an earlier attempt.
  const isProven = transaction === null ? isFirst || dryRun || !errors.some(isAway) : transaction.state === 'REVERTED'
  return isProven ? failedResult(read, errors, fieldOf) : 'UNKNOWN'
}

function argumentsOf({ key, set, changes }: NativeRow, operation: NativeWrite['operation']) {
  switch (operation) {
    case 'CREATE':
      return { key: null, set }
    case 'UPDATE':
      return { key, set: changes }
    case 'DELETE':
      return { key, set: {} }
  }
}

/** Where another record has a value that must be unique, there is none of this key: then the create tells why not. */
async function upserted(send: (operation: NativeWrite['operation']) => Promise<NativeOutcome>): Promise<NativeOutcome> {
  const created = await send('CREATE')
  if (!created.errors.some(({ code }) => code === 'DUPLICATE')) return created
  const updated = await send('UPDATE')
  return updated.errors.some(({ code }) => code === 'NOT_FOUND') ? created : updated
}

const OUTCOMES = { CREATE: 'CREATED', UPDATE: 'UPDATED', DELETE: 'DELETED' } as const

function writtenNatively(row: number, { system, table }: NativeRow, { transaction }: NativeOutcome): WrittenRow {
  const leg = transaction?.legs.find((one) => one.system === system)
  const image = leg?.writes.find((one) => one.table === table)
  const id = transaction?.subject?.id ?? null
  if (image === undefined || transaction === null) {
    return { row, outcome: 'UNCHANGED', id, transaction: null, changedFields: [] }
  }
  const changedFields = image.operation === 'UPDATE' ? changedColumns(image) : []
  return { row, outcome: OUTCOMES[image.operation], id, transaction: transaction.id, changedFields }
}

/** Of several maps over the table one alone holds the record. */
function judgedOf(mapSet: MapSet, { system, table }: NativeRow, { transaction }: NativeOutcome): JudgedRow {
  const images = imagesOf(transaction).get(0) ?? []
  const doing = mapSet.byTable(system, table).map((map) => operationsOn(map, images))
  return { revision: null, systems: Object.assign({}, ...doing) }
}

function changedColumns({ before, after }: WriteImage): readonly string[] {
  return Object.keys(after ?? {}).filter(
    (name) => JSON.stringify(before?.[name] ?? null) !== JSON.stringify(after?.[name] ?? null),
  )
}
