/**
 * Many rows at bulk speed: those that touch nothing in common are the members of one batch, planned with one question of
 * each kind to a system and committed as one transaction, with a vote for each row.
 */

import type { MapSet, TableMap } from '../../maps/model.ts'
import type { WriteError } from '../../schema/caller-view.ts'
import type { Violation } from '../../schema/participant.ts'
import { SYSTEMS, type TransactionId } from '../../schema/record.ts'
import { outcomeOfBatch, requestOfBatch } from '../coordinator/batch.ts'
import type {
  BatchOutcome,
  BatchPlan,
  BatchRequest,
  Coordinator,
  MemberOutcome,
  Outcome,
} from '../coordinator/coordinator.ts'
import { canonicalJson } from '../coordinator/digest.ts'
import { idOf, type Key } from './key.ts'
import { readKey, readOperations, type WholeIntent } from './operation.ts'
import type { Planner, RowPlan } from './planner.ts'
import { refusal } from './refusal.ts'
import { imagesOf, operationsOn, outcomeOfWritten, type RowImage } from './row-outcome.ts'
import { shapeRefusals } from './row-shape.ts'
import { SystemSilent } from './silence.ts'
import { reachesOf, turnsOf } from './turns.ts'
import type { RowOutcome, RowsWrite, RowWrite, Sync, TransactOperation } from './write.ts'
import { entityErrors, requestErrors } from './write-errors.ts'

export interface RowWriterOptions {
  readonly mapSet: MapSet
  readonly coordinator: Coordinator
  readonly planner: Planner
  readonly defaultTimeoutMs: number
}

/** A row of an entity that there is, with its place among all that were asked for. */
interface ReadRow {
  readonly place: number
  readonly asked: TransactOperation
  readonly whole: WholeIntent
  /** The field of the input that its record is named by; null where an id does. */
  readonly namedBy: string | null
}

export function createRowWriter(options: RowWriterOptions): Sync['writeRows'] {
  const { mapSet } = options
  return async (write) => {
    const outcomes = new Map<number, RowOutcome>()
    const rows = write.rows.flatMap((row, place) => readRow(mapSet, row, place) ?? [])
    const wholes = rows.map(({ whole }) => whole)
    const turns = turnsOf(reachesOf(mapSet, wholes))
    // The text of all rows goes with each turn, so that other rows under the key are another request in all of them.
    const request = write.idempotencyKey === null ? '' : canonicalJson(['rows', write.rows])
    for (const [turn, places] of turns.entries()) {
      const together = places.flatMap((at) => rows[at] ?? [])
      const { members, transaction, planned } = await runTurn({ write, request, turn, rows: together }, options)
      const images = imagesOf(transaction)
      for (const [member, row] of together.entries()) {
        const id = write.dryRun ? null : (transaction?.id ?? null)
        const own = images.get(member) ?? []
        const { revision = 0, key = row.whole.key } = planned[member] ?? {}
        const outcome = outcomeOf({ mapSet, row, key, transaction: id }, members[member] ?? UNTOLD, own)
        outcomes.set(row.place, write.dryRun ? asJudged(row, outcome, own, revision) : outcome)
      }
      if (isUnknown(members)) break
    }
    return write.rows.map(
      (row, place) => outcomes.get(place) ?? outcomeOfUntried(mapSet, row, write.idempotencyKey !== null),
    )
  }
}

interface Turn {
  readonly write: RowsWrite
  readonly request: string
  readonly turn: number
  readonly rows: readonly ReadRow[]
}

interface RunTurn extends BatchOutcome {
  /** By which key and at which revision each row's record was read; none where nothing was planned. */
  readonly planned: readonly Pick<RowPlan, 'key' | 'revision'>[]
}

const UNTOLD: MemberOutcome = { outcome: 'UNDECIDED', violations: [] }

async function runTurn(
  { write, request, turn, rows }: Turn,
  { mapSet, coordinator, planner, defaultTimeoutMs }: RowWriterOptions,
): Promise<RunTurn> {
  const { actor, origin, idempotencyKey: key, dryRun } = write
  let planned: readonly RowPlan[] = []
  const batch: BatchRequest = {
    ...{ actor, origin, request, systems: SYSTEMS, members: rows.length },
    timeoutMs: write.timeoutMs ?? defaultTimeoutMs,
    idempotencyKey: key === null || dryRun ? null : turn === 0 ? key : JSON.stringify([key, turn]),
    plan: async (): Promise<BatchPlan> => {
      const wholes = rows.map(({ whole }) => whole)
      planned = await planner.planRows(wholes, dryRun)
      return { mapSet: mapSet.id, members: planned.map(({ legs, refusals }) => ({ legs, refusals })) }
    },
  }
  try {
    const outcome = dryRun
      ? outcomeOfBatch(batch, asCommitted(await coordinator.rehearse(requestOfBatch(batch))))
      : await coordinator.executeBatch(batch)
    return { ...outcome, planned }
  } catch (error) {
    if (!(error instanceof SystemSilent)) throw error
    const silent: Outcome = { outcome: 'NOT_STARTED', violations: [error.violation] }
    return { ...outcomeOfBatch(batch, silent), planned }
  }
}

function asJudged(
  { whole: { map } }: ReadRow,
  outcome: RowOutcome,
  images: readonly RowImage[],
  revision: number,
): RowOutcome {
  if ('errors' in outcome) return outcome
  return { ...outcome, judged: { revision, systems: operationsOn(map, images) } }
}

/** What a rehearsal has found, as if it had been done: every member that nobody would refuse is in it. */
function asCommitted(outcome: Outcome): Outcome {
  if (outcome.outcome !== 'DECIDED') return outcome
  const leftOut = [...new Set(outcome.violations.flatMap(({ member }) => member ?? []))]
  const isWhole = outcome.violations.every(({ member }) => member !== undefined)
  return isWhole ? { ...outcome, transaction: { ...outcome.transaction, state: 'COMMITTED', leftOut } } : outcome
}

/** Where not even the fate of the first rows is known, later ones, which build on them, are not begun. */
function isUnknown(members: readonly MemberOutcome[]): boolean {
  return members.every(({ outcome }) => outcome === 'UNDECIDED' || outcome === 'NOT_STARTED')
}

/** Null for an entity that there is not, or a row that cannot be read as one. */
function readRow(mapSet: MapSet, row: RowWrite, place: number): ReadRow | null {
  const map = mapSet.byEntity.get(row.entity)
  if (map === undefined || shapeRefusals(mapSet, map, row).length > 0) return null
  const { asked, namedBy } = identified(mapSet, map, { ...row, as: null, at: [] })
  const [whole] = readOperations(mapSet, [readKey(mapSet, asked)])
  if (whole === undefined) return null
  const isByKey = namedBy !== null && whole.match === null
  return { place, asked, namedBy, whole: isByKey ? requiringKey(map, whole, asked) : whole }
}

/** The id of what is named by its key alone. */
function identified(mapSet: MapSet, map: TableMap, asked: TransactOperation): Pick<ReadRow, 'asked' | 'namedBy'> {
  const isById = asked.id !== null || (asked.operation !== 'UPDATE' && asked.operation !== 'DELETE')
  if (isById) return { asked, namedBy: null }
  if (asked.matchBy !== undefined) return { asked, namedBy: asked.matchBy.at(-1) ?? null }
  const { key } = readKey(mapSet, { ...asked, operation: 'UPSERT' })
  return { asked: { ...asked, id: idOf(map, key) }, namedBy: map.key.at(-1)?.name ?? null }
}

/** Says which fields of the key are wanting, rather than that there is no id. */
function requiringKey(map: TableMap, whole: WholeIntent, { id, input }: TransactOperation): WholeIntent {
  if (id !== null) return whole
  const missing = map.key.filter(({ name }) => (input[name] ?? '') === '')
  const refusals = missing.map(({ name }) => refusal('REQUIRED', `${name} is required`, ['input', name]))
  return { ...whole, refusals: refusals.length > 0 ? refusals : whole.refusals }
}

interface Ended {
  readonly mapSet: MapSet
  readonly row: ReadRow
  readonly key: Key
  readonly transaction: TransactionId | null
}

function outcomeOf(
  { mapSet, row, key, transaction }: Ended,
  member: MemberOutcome,
  images: readonly RowImage[],
): RowOutcome {
  const { map } = row.whole
  switch (member.outcome) {
    case 'COMMITTED':
      return outcomeOfWritten({ map, key, parts: mapSet.partsOf(map.entity) }, images, transaction)
    case 'REFUSED':
      return { outcome: 'FAILED', errors: errorsOf(mapSet, row, member.violations) }
    case 'NOT_STARTED':
    case 'UNDECIDED':
      return { outcome: member.outcome, errors: errorsOf(mapSet, row, member.violations) }
    default:
      return member satisfies never
  }
}

/** What is said of the id of a row without one, is meant of what names its record. */
function errorsOf(
  mapSet: MapSet,
  { asked, namedBy }: ReadRow,
  violations: readonly Violation[],
): readonly WriteError[] {
  const errors = entityErrors({ mapSet, operations: [asked] }, violations)
  if (namedBy === null) return errors
  return errors.map((error) => (error.path[0] === 'id' ? { ...error, path: ['input', namedBy] } : error))
}

/** Under an idempotency key an earlier call may have come further than this one. */
function outcomeOfUntried(mapSet: MapSet, row: RowWrite, isKeyed: boolean): RowOutcome {
  const map = mapSet.byEntity.get(row.entity)
  const refusals =
    map === undefined
      ? [refusal('UNMAPPED', `There is no entity ${row.entity}`, ['entity'])]
      : shapeRefusals(mapSet, map, row)
  if (refusals.length > 0) return { outcome: 'FAILED', errors: requestErrors(refusals) }
  const message = 'The outcome of rows before this one, which it builds on, is not known; it was not begun.'
  const errors = requestErrors([{ ...refusal('TIMEOUT', message, []), retryable: true }])
  return { outcome: isKeyed ? 'NOT_STARTED' : 'FAILED', errors }
}
