/**
 * The one write path: each request becomes a transaction of the coordinator, planned by `planner.ts`, and its outcome
 * what the caller reads.
 */

import type { MapSet } from '../../maps/model.ts'
import type { TransactionView } from '../../schema/caller-view.ts'
import type { NativeOutcome, NativeWrite } from '../../schema/native-write.ts'
import type { Participant, Violation, WriteImage } from '../../schema/participant.ts'
import { type RecordKey, SYSTEMS, type System } from '../../schema/record.ts'
import type { Coordinator, Outcome, Plan, TransactionRequest } from '../coordinator/coordinator.ts'
import { canonicalJson } from '../coordinator/digest.ts'
import { foldGiven, idOf, isComplete, keyOfRecord, keyOfWhole, keysOf, nameOf, partialKey } from './key.ts'
import { createNumbering } from './numbering.ts'
import { type KeyedOperation, readKey } from './operation.ts'
import { createPlanner, type Planned } from './planner.ts'
import { createRowWriter } from './rows.ts'
import { createSequences } from './sequences.ts'
import { SystemSilent } from './silence.ts'
import { subjectOf } from './subject.ts'
import type { EntityOutcome, EntityWrite, Sync, TransactOperation, TransactOutcome, TransactWrite } from './write.ts'
import { entityErrors, nativeErrors, requestErrors } from './write-errors.ts'

export interface SyncOptions {
  readonly mapSet: MapSet
  readonly participants: ReadonlyMap<System, Participant>
  readonly coordinator: Coordinator
  readonly defaultTimeoutMs: number
}

type Planning = Pick<TransactionRequest, 'hot' | 'plan'> & { readonly request: readonly unknown[] }

export function createSync(options: SyncOptions): Sync {
  const { mapSet, participants, coordinator } = options
  const numbering = createNumbering(participants, createSequences(participants))
  const planner = createPlanner({ mapSet, participants, numbering })

  /** Under an idempotency key even "nothing to change" is kept, so that the key's next request gets this answer. */
  function kept({ plan, records }: Planned, idempotencyKey: string | null): Plan | null {
    const [first] = records
    if (plan !== null || idempotencyKey === null || first === undefined) return plan
    const legs = [{ system: first.map.reads, writes: [] }]
    return { legs, mapSet: mapSet.id, subject: subjectOf(first.map, first.key), refusals: [] }
  }

  async function run(
    { actor, options: asked }: Pick<EntityWrite, 'actor' | 'options'>,
    origin: TransactionRequest['origin'],
    { hot, plan, request }: Planning,
  ): Promise<Outcome> {
    const transaction: TransactionRequest = {
      origin,
      actor,
      idempotencyKey: asked.idempotencyKey,
      request: canonicalJson(request),
      systems: SYSTEMS,
      hot,
      timeoutMs: asked.timeoutMs ?? options.defaultTimeoutMs,
      plan,
    }
    try {
      return await (asked.dryRun ? coordinator.rehearse(transaction) : coordinator.execute(transaction))
    } catch (error) {
      if (error instanceof SystemSilent) return { outcome: 'NOT_STARTED', violations: [error.violation] }
      throw error
    }
  }

  async function writeAll(asked: TransactWrite, request: readonly unknown[]): Promise<TransactOutcome> {
    const operations = asked.operations.map((operation) => readKey(mapSet, operation))
    let planned: Planned['records'] = operations
    const outcome = await run(asked, asked.origin ?? 'GRAPH', {
      request,
      hot: hotRecords(operations),
      plan: async () => {
        const found = await planner.planEntities(operations, asked.options.dryRun)
        planned = found.records
        return kept(found, asked.options.idempotencyKey)
      },
    })
    const { transaction, errors } = answer(outcome, (violations) =>
      entityErrors({ mapSet, operations: asked.operations }, violations),
    )
    const ids = operations.map(({ map, asked: { at, operation } }, index) => {
      const replayed = transaction === null ? undefined : imageAt(transaction, at)
      const written = replayed === undefined ? null : idOf(map, keyOfRecord(map, replayed.system, replayed.key))
      return wasRefused(operation, transaction, errors) ? null : (written ?? idOf(map, planned[index]?.key ?? [null]))
    })
    return { ids, transaction, errors }
  }

  async function write(asked: EntityWrite): Promise<EntityOutcome> {
    const { entity, operation, id, input, options: given } = asked
    const { expectedRevision } = given
    const single: TransactOperation = { entity, operation, id, input, expectedRevision, as: null, at: [] }
    const request = ['graph', entity, operation, id, input, expectedRevision]
    const { ids, transaction, errors } = await writeAll({ ...asked, operations: [single] }, request)
    return { id: ids[0] ?? null, transaction, errors }
  }

  async function transact(asked: TransactWrite): Promise<TransactOutcome> {
    const request = asked.operations.map(({ entity, operation, id, input, expectedRevision, as, matchBy }) => [
      ...[entity, operation, id, input, expectedRevision, as],
      ...(matchBy === undefined ? [] : [matchBy]),
    ])
    return writeAll(asked, ['transact', request])
  }

  async function writeNative(asked: NativeWrite): Promise<NativeOutcome> {
    const { system, table, operation, key, set, parts } = asked
    let planned: Planned['records'] = []
    const outcome = await run(asked, system, {
      request: [
        ...[system, table, operation, key, set, asked.options.expectedRevision],
        ...parts.map((part) => [part.table, part.set]),
      ],
      hot: hotNative(mapSet, asked),
      plan: async () => {
        const found = await planner.planNative(asked)
        planned = found.records
        return kept(found, asked.options.idempotencyKey)
      },
    })
    const { transaction, errors } = answer(outcome, (violations) => nativeErrors(mapSet, system, violations))
    const isThere = !wasRefused(operation, transaction, errors)
    return { key: isThere ? nativeKey(asked, planned[0], transaction) : null, transaction, errors }
  }

  return { write, transact, writeNative, writeRows: createRowWriter({ ...options, planner }) }
}

function answer(outcome: Outcome, errorsOf: (violations: readonly Violation[]) => EntityOutcome['errors']) {
  if (outcome.outcome === 'UNCHANGED') return { transaction: null, errors: [] }
  if (outcome.outcome === 'NOT_STARTED') return { transaction: null, errors: requestErrors(outcome.violations) }
  return { transaction: outcome.transaction, errors: errorsOf(outcome.violations) }
}

/** Of a create that was refused there is no record: what has the key is another one. */
function wasRefused(
  operation: EntityWrite['operation'],
  transaction: TransactionView | null,
  errors: EntityOutcome['errors'],
): boolean {
  const isOver = transaction === null || transaction.state === 'REVERTED'
  return operation === 'CREATE' && errors.length > 0 && isOver
}

/** The writes of one whole take turns, whichever of its parts they are about. */
function hotRecords(operations: readonly KeyedOperation[]): readonly string[] {
  return operations.flatMap(({ map, key }) => (isComplete(key) ? [nameOf(map, key)] : []))
}

function hotNative(mapSet: MapSet, { system, table, key, set }: NativeWrite): readonly string[] {
  const [map] = mapSet.byTable(system, table)
  if (map === undefined) return []
  const entityKey = foldGiven(map, key === null ? partialKey(map, system, set) : keyOfRecord(map, system, key))
  const whole = map.parent === null ? { map, key: entityKey } : { map: map.parent, key: keyOfWhole(entityKey) }
  return isComplete(whole.key) ? [nameOf(whole.map, whole.key)] : []
}

/** The write of an operation's own record, in a transaction that was perhaps made by an earlier request. */
function imageAt(view: TransactionView, at: readonly string[]): (WriteImage & { readonly system: System }) | undefined {
  for (const { system, writes } of view.legs) {
    const image = writes.find((write) => isRecordAt(write, at))
    if (image !== undefined) return { ...image, system }
  }
  return undefined
}

function isRecordAt({ at: place = [] }: WriteImage, at: readonly string[]): boolean {
  return place.length === at.length + 1 && at.every((step, index) => place[index] === step)
}

function nativeKey(
  { system, table }: NativeWrite,
  planned: Planned['records'][number] | undefined,
  transaction: TransactionView | null,
): RecordKey | null {
  const leg = transaction?.legs.find((one) => one.system === system)
  const written = leg?.writes.find((image) => image.table === table)
  if (written !== undefined) return written.key
  return planned === undefined || !isComplete(planned.key) ? null : keysOf(planned.map, planned.key)[system]
}
