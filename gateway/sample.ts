/**
 * Fills empty stores with sample data, through the same doors as anything else: what both systems hold is written by
 * `sync`, what one holds alone by a transaction of that system. Cut short, it goes on at the next start.
 */

import type { MapSet } from '../maps/model.ts'
import type { SampleData } from '../maps/sample/sample-data.ts'
import type { SampleRow, SampleWrite } from '../maps/sample/sample-write.ts'
import type { Participant, PlanDigest, PrepareRequest } from '../schema/participant.ts'
import { NEVER_WRITTEN, SYSTEMS, type System, type TransactionId } from '../schema/record.ts'
import { recordKeyOf } from '../schema/record-key.ts'
import type { Sync } from './sync/write.ts'

export interface SampleOptions {
  readonly mapSet: MapSet
  readonly participants: ReadonlyMap<System, Participant>
  readonly sync: Sync
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly timeoutMs: number
}

/** Says whether anything was written. Stores that hold transactions of anyone else are left alone. */
export async function writeSampleData(data: SampleData, options: SampleOptions): Promise<boolean> {
  if (!(await isWanted(options))) return false
  await writeRows('before', data.before, options)
  for (const wave of waves(data.writes, options.mapSet)) await createAll(wave, options)
  await writeRows('after', data.after, options)
  return true
}

type Step = 'before' | 'after'

const transactionIdOf = (step: Step, system: System) => `sample-${step}-${system}` as TransactionId

async function isWanted({ participants }: SampleOptions): Promise<boolean> {
  const holds = async (step: Step) => {
    const looks = [...participants].map(([system, participant]) =>
      participant.look({ by: 'ID', id: transactionIdOf(step, system) }),
    )
    return (await Promise.all(looks)).map((rows) => rows.length > 0)
  }
  const committed = { states: ['COMMITTED'] as const, origins: null, subject: null, after: null, limit: 1 }
  const looks = [...participants.values()].map((participant) => participant.look({ by: 'RECENT', ...committed }))
  const isEmpty = (await Promise.all(looks)).every((rows) => rows.length === 0)
  const isBegun = (await holds('before')).includes(true)
  const isFinished = (await holds('after')).every((held) => held)
  return isEmpty || (isBegun && !isFinished)
}

async function writeRows(step: Step, rows: SampleData['before'], options: SampleOptions): Promise<void> {
  await Promise.all(
    SYSTEMS.map(async (system) => {
      const participant = options.participants.get(system)
      if (participant === undefined) throw new TypeError(`no participant for ${system}`)
      const [vote] = await Promise.all(participant.prepare([localCreates(step, system, rows[system], options)]))
      if (vote?.vote !== 'YES') throw new Error(`${system} refuses its sample rows: ${JSON.stringify(vote)}`)
    }),
  )
}

function localCreates(step: Step, system: System, rows: readonly SampleRow[], options: SampleOptions): PrepareRequest {
  const id = transactionIdOf(step, system)
  const startedAt = options.now()
  return {
    id,
    plan: id as string as PlanDigest,
    participants: [system],
    mapSet: options.mapSet.id,
    origin: system,
    actor: null,
    startedAt,
    age: { at: startedAt, id },
    deadline: startedAt + options.timeoutMs,
    idempotency: null,
    subject: null,
    writes: rows.map(({ table, row }) => {
      const definition = options.mapSet.tables[system].get(table)
      const key = definition === undefined ? null : recordKeyOf(definition, row)
      if (key === null) throw new TypeError(`a sample row of ${system} table ${table} has no key`)
      return { operation: 'CREATE', table, key, set: row, base: NEVER_WRITTEN, revision: NEVER_WRITTEN.revision }
    }),
    refusals: [],
  }
}

/** Splits the writes into runs that may go at once: one entity each, and those that refer to their own entity last. */
function waves(writes: readonly SampleWrite[], mapSet: MapSet): readonly (readonly SampleWrite[])[] {
  const byEntity = Map.groupBy(writes, (write) => write.entity)
  return [...byEntity.values()].flatMap((run) => {
    const second = run.filter((write) => refersToOwnEntity(write, mapSet))
    const first = run.filter((write) => !second.includes(write))
    return [first, second]
  })
}

const refersToOwnEntity = ({ entity, input }: SampleWrite, mapSet: MapSet): boolean =>
  (mapSet.byEntity.get(entity)?.fields ?? []).some(
    ({ name, type }) => type.kind === 'reference' && type.entity === entity && (input[name] ?? null) !== null,
  )

/** So few that writes of one customer, whose orders exclude each other, seldom meet. */
const AT_ONCE = 32

async function createAll(wave: readonly SampleWrite[], options: SampleOptions): Promise<void> {
  // Shared by all lanes: where one ends with an error, the others begin nothing more.
  const writing = wave.values().map((write) => create(write, options))
  const lane = async () => {
    for (const written of writing) await written
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}

async function create({ entity, input }: SampleWrite, { mapSet, sync }: SampleOptions): Promise<void> {
  const key = sampleKey(entity, input, mapSet)
  const { errors } = await sync.write({
    entity,
    operation: 'CREATE',
    id: null,
    input,
    actor: null,
    // The key makes a repeat after an interruption harmless.
    options: { idempotencyKey: key, expectedRevision: null, timeoutMs: null, dryRun: false },
  })
  if (errors.length > 0) throw new Error(`${key} is refused: ${JSON.stringify(errors)}`)
}

/** `sample/Customer/usmf/US-0001`: sample records have keys of their own. */
function sampleKey(entity: string, input: SampleWrite['input'], { byEntity }: MapSet): string {
  return ['sample', entity, ...(byEntity.get(entity)?.key ?? []).map(({ name }) => input[name])].join('/')
}
