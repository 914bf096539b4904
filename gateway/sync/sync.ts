/**
 * The one write path: reads what both systems hold, has the legs planned, and gives them to the coordinator. Short on
 * purpose; what is decided is decided in `entity-plan.ts` and `native-plan.ts`.
 */

import { encodeId, foldKey, nativeKeys } from '../../maps/identity.ts'
import type { MapSet, NativeKeys, TableMap } from '../../maps/model.ts'
import { formatNumber } from '../../maps/sequence.ts'
import {
  type NativeOutcome,
  type NativeWrite,
  type Participant,
  type RecordKey,
  type RecordRef,
  type RecordState,
  type Row,
  SYSTEMS,
  type System,
  type TransactionView,
  type Violation,
} from '../../schema/participant.ts'
import { keyValues, recordKey } from '../../schema/record-key.ts'
import { canonical } from '../../schema/value.ts'
import type { Coordinator, Outcome, Plan, TransactionRequest } from '../coordinator/coordinator.ts'
import { planEntityWrite } from './entity-plan.ts'
import { type EntityIntent, readIntent } from './intent.ts'
import { entityKeyOf, planNativeWrite } from './native-plan.ts'
import type { SideStates } from './record-plan.ts'
import { refusal } from './refusal.ts'
import { createSequences } from './sequences.ts'
import { subjectOf } from './subject.ts'
import type { EntityOutcome, EntityWrite, Sync } from './write.ts'
import { entityErrors, nativeErrors, requestErrors } from './write-errors.ts'

export interface SyncOptions {
  readonly mapSet: MapSet
  readonly participants: ReadonlyMap<System, Participant>
  readonly coordinator: Coordinator
  readonly defaultTimeoutMs: number
}

/** A system did not answer while a write was planned: nothing was begun. */
class SystemSilent extends Error {
  readonly violation: Violation

  constructor(system: System, cause: unknown) {
    super(`the ${system} does not answer`, { cause })
    this.violation = {
      ...refusal('SYSTEM_UNAVAILABLE', `The ${system} does not answer; nothing was written`, [], { system }),
      retryable: true,
    }
  }
}

type Key = readonly (string | null)[]

/** Numbers tried before a sequence is given up: so many records with numbers of its own pattern were made by hand. */
const OCCUPIED_NUMBERS_MAX = 10_000

export function createSync(options: SyncOptions): Sync {
  const { mapSet, participants, coordinator } = options
  const sequences = createSequences(participants)

  async function statesOf(map: TableMap, keys: NativeKeys): Promise<SideStates> {
    const [crm, erp] = await Promise.all(SYSTEMS.map((system) => stateOf(map, system, keys[system])))
    if (crm === undefined || erp === undefined) throw new TypeError('a read was not answered')
    return { CRM: crm, ERP: erp }
  }

  async function stateOf(map: TableMap, system: System, key: RecordKey) {
    return readRecord(system, { table: map.sides[system].table.table, key })
  }

  async function readRecord(system: System, ref: RecordRef): Promise<RecordState> {
    const participant = participants.get(system)
    if (participant === undefined) throw new TypeError(`no participant for ${system}`)
    const [state] = await participant.read([ref]).catch((error: unknown) => {
      throw new SystemSilent(system, error)
    })
    if (state === undefined) throw new TypeError('a read was not answered')
    return state
  }

  /** Sequences are begun for companies that exist, so that a wrong input leaves no counter behind. */
  async function hasCompany(map: TableMap, key: Key): Promise<boolean> {
    const company = map.scope === 'company' ? map.key[0] : undefined
    const column = company === undefined ? undefined : map.sides[map.reads].table.columns[company.columns[map.reads]]
    if (column === undefined || column.references === null) return true
    const form = canonical(column, key[0] ?? null)
    if (!form.ok || form.value === null) return false
    return (await readRecord(map.reads, { table: column.references, key: recordKey([form.value]) })).row !== null
  }

  /**
   * The key with the part that has a number sequence drawn until neither system holds such a record; a dry run only
   * looks which number that would be.
   */
  async function completeKey(map: TableMap, key: Key, dryRun: boolean): Promise<Key> {
    const at = map.key.findIndex((field, position) => field.sequence !== null && key[position] === null)
    const pattern = map.key[at]?.sequence
    if (pattern === undefined || pattern === null || key.some((part, position) => part === null && position !== at)) {
      return key
    }
    const sequence = [map.name, map.key[at]?.name, ...key.filter((part) => part !== null)].join('/')
    if (!(await hasCompany(map, key))) return key
    const first = sequences.peek(map.reads, sequence) ?? 1
    for (let tries = 0; tries < OCCUPIED_NUMBERS_MAX; tries += 1) {
      const number = dryRun ? first + tries : await sequences.draw(map.reads, sequence)
      const drawn = foldKey(map, key.with(at, formatNumber(pattern, number)).map(String))
      const states = await statesOf(map, nativeKeys(map, drawn))
      if (SYSTEMS.every((system) => states[system].row === null)) return drawn
    }
    return key
  }

  /** Under an idempotency key even "nothing to change" is kept, so that the key's next request gets this answer. */
  function nothingToWrite(map: TableMap, key: Key, idempotencyKey: string | null): Plan | null {
    if (idempotencyKey === null) return null
    const legs = [{ system: map.reads, writes: [] }]
    return { legs, mapSet: mapSet.id, subject: subjectOf(map, key), refusals: [] }
  }

  async function run(request: TransactionRequest, dryRun: boolean): Promise<Outcome> {
    try {
      return await (dryRun ? coordinator.rehearse(request) : coordinator.execute(request))
    } catch (error) {
      if (error instanceof SystemSilent) return { outcome: 'NOT_STARTED', violations: [error.violation] }
      throw error
    }
  }

  async function write(asked: EntityWrite): Promise<EntityOutcome> {
    const map = mapSet.byEntity.get(asked.entity)
    if (map === undefined) throw new TypeError(`no map for the entity ${asked.entity}`)
    const read = readIntent(mapSet, map, asked)
    const creates = asked.operation === 'CREATE' || asked.operation === 'UPSERT'
    let planned: EntityIntent = read
    const outcome = await run(
      {
        origin: 'GRAPH',
        actor: asked.actor,
        idempotencyKey: asked.options.idempotencyKey,
        request: canonicalRequest([
          'graph',
          asked.entity,
          asked.operation,
          asked.id,
          asked.input,
          asked.options.expectedRevision,
        ]),
        systems: SYSTEMS,
        hot: hotRecord(map, read.key),
        timeoutMs: asked.options.timeoutMs ?? options.defaultTimeoutMs,
        plan: async () => {
          const key = creates ? await completeKey(map, read.key, asked.options.dryRun) : read.key
          planned = { ...read, key }
          const keys = keysOf(map, key)
          const plan = planEntityWrite(mapSet, planned, keys, await statesOf(map, keys))
          return plan ?? nothingToWrite(map, key, asked.options.idempotencyKey)
        },
      },
      asked.options.dryRun,
    )
    const place = { map, operation: asked.operation, given: new Set(Object.keys(asked.input)) }
    return {
      id: subjectId(outcome) ?? idOf(map, planned.key),
      ...answer(outcome, (violations) => entityErrors(place, violations)),
    }
  }

  async function writeNative(asked: NativeWrite): Promise<NativeOutcome> {
    const map = mapFor(asked)
    const row = asked.key === null ? asked.set : rowOfKey(map, asked.system, asked.key)
    const given = foldGiven(map, entityKeyOf(map, asked.system, row))
    let planned: Key = given
    const outcome = await run(
      {
        origin: asked.system,
        actor: asked.actor,
        idempotencyKey: asked.options.idempotencyKey,
        request: canonicalRequest([
          asked.system,
          asked.table,
          asked.operation,
          asked.key,
          asked.set,
          asked.options.expectedRevision,
        ]),
        systems: SYSTEMS,
        hot: hotRecord(map, given),
        timeoutMs: asked.options.timeoutMs ?? options.defaultTimeoutMs,
        plan: async (): Promise<Plan | null> => {
          planned = asked.operation === 'CREATE' ? await completeKey(map, given, asked.options.dryRun) : given
          const keys = keysOf(map, planned)
          const states = await statesOf(map, keys)
          const plan = planNativeWrite(mapSet, { write: asked, map, key: planned, keys, states })
          return plan ?? nothingToWrite(map, planned, asked.options.idempotencyKey)
        },
      },
      asked.options.dryRun,
    )
    const isDelete = asked.operation === 'DELETE'
    const { transaction, errors } = answer(outcome, (violations) =>
      nativeErrors(map, asked.system, isDelete, violations),
    )
    return { key: recordKeyFrom(map, asked, planned, transaction), transaction, errors }
  }

  /** Of several maps over one table the first that could hold the record; their keys agree. */
  function mapFor(asked: NativeWrite): TableMap {
    const maps = mapSet.byTable(asked.system, asked.table)
    const map = maps.find((candidate) => candidate.sides[asked.system].holds(asked.set)) ?? maps[0]
    if (map === undefined) throw new TypeError(`no map for the table ${asked.table}`)
    return map
  }

  return { write, writeNative }
}

function answer(outcome: Outcome, errorsOf: (violations: readonly Violation[]) => EntityOutcome['errors']) {
  if (outcome.outcome === 'UNCHANGED') return { transaction: null, errors: [] }
  if (outcome.outcome === 'NOT_STARTED') return { transaction: null, errors: requestErrors(outcome.violations) }
  return { transaction: outcome.transaction, errors: errorsOf(outcome.violations) }
}

function subjectId(outcome: Outcome): string | null {
  return 'transaction' in outcome ? (outcome.transaction.subject?.id ?? null) : null
}

function idOf(map: TableMap, key: Key): string | null {
  return key.every((part) => part !== null) ? encodeId(map.entity, key.map(String)) : null
}

function keysOf(map: TableMap, key: Key): NativeKeys {
  return nativeKeys(
    map,
    key.map((part) => part ?? ''),
  )
}

function hotRecord(map: TableMap, key: Key): readonly string[] {
  return key.every((part) => part !== null) ? [`${map.entity}/${JSON.stringify(key)}`] : []
}

function foldGiven(map: TableMap, key: Key): Key {
  const folded = foldKey(
    map,
    key.map((part) => part ?? ''),
  )
  return folded.map((part) => (part === '' ? null : part))
}

function rowOfKey(map: TableMap, system: System, key: RecordKey): Row {
  const values = keyValues(key)
  return Object.fromEntries(map.sides[system].table.key.map((column, at) => [column, values[at] ?? null]))
}

function recordKeyFrom(
  map: TableMap,
  asked: NativeWrite,
  planned: Key,
  transaction: TransactionView | null,
): RecordKey | null {
  const replayed = transaction?.legs.find((leg) => leg.system === asked.system)?.writes[0]?.key
  if (replayed !== undefined) return replayed
  return planned.every((part) => part !== null) ? keysOf(map, planned)[asked.system] : null
}

/** One text for one request, whatever the order in which its fields were given. */
function canonicalRequest(parts: readonly unknown[]): string {
  return JSON.stringify(parts, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}
