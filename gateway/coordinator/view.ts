/**
 * A transaction as the public API shows it: from the participants' rows, or from what its coordinator knows while it
 * runs. Pure.
 */

import type { LegView, TransactionState, TransactionView } from '../../schema/caller-view.ts'
import { withoutMembers } from '../../schema/members.ts'
import {
  isCheck,
  type PrepareRequest,
  type TransactionRow,
  type Write,
  type WriteImage,
} from '../../schema/participant.ts'
import type { RecordState, System } from '../../schema/record.ts'
import type { State } from './protocol-state.ts'
import type { Progress } from './run.ts'

/** What one system holds under a transaction's id, as far as it said. */
export type Holding = TransactionRow | 'NOTHING' | 'SILENT'
export type Holdings = ReadonlyMap<System, Holding>

/** The decision as the rows prove it; OPEN where they prove neither. */
export function decisionOf(holdings: Holdings): 'COMMITTED' | 'ABORTED' | 'OPEN' {
  const rows = rowsOf(holdings)
  const lead = leadOf(rows)
  if (lead === null) return 'OPEN'
  if (lead.state === 'COMMITTED') return 'COMMITTED'
  const states = lead.participants.map((system) => legState(lead, holdings.get(system)))
  if (states.includes('ABORTED')) return 'ABORTED'
  return states.every((state) => state === 'PREPARED') ? 'COMMITTED' : 'OPEN'
}

/** One view of all rows under one id; null where no system holds any. */
export function viewOf(holdings: Holdings): TransactionView | null {
  const rows = rowsOf(holdings)
  const lead = leadOf(rows)
  if (lead === null) return null
  const decision = decisionOf(holdings)
  const leftOut = decision === 'COMMITTED' ? leftOutOf(lead, rows) : []
  const legs = lead.participants.map((system) => legOf(lead, system, holdings.get(system), leftOut))
  const state = stateOf(holdings, legs)
  const ended = state === 'COMMITTED' || state === 'REVERTED'
  return {
    id: lead.id,
    state,
    origin: lead.origin,
    actor: lead.actor,
    startedAt: lead.startedAt,
    decidedAt: decidedAt(decision, rows),
    completedAt: ended ? Math.max(...rows.map((row) => row.completedAt ?? row.decidedAt)) : null,
    subject: lead.subject,
    ...(leftOut.length > 0 ? { leftOut } : {}),
    legs,
  }
}

/**
 * What its coordinator knows of a transaction of its own, without a further question to anybody. The write images hold
 * the given columns only; the participants' rows have the whole records, before and after. `attempts` counts those that
 * the request has taken, this one included.
 */
export function viewOfProgress(
  { state, decidedAt, completedAt }: Progress,
  requests: ReadonlyMap<System, PrepareRequest>,
  attempts: number,
): TransactionView {
  const refusals = 'refusals' in state ? state.refusals : []
  const leftOut = 'leftOut' in state ? state.leftOut.members : []
  const legs = [...requests].map(([system, request]): LegView => {
    const lastError = refusals.find((refusal) => refusal.system === system)?.violations[0]?.message ?? null
    const writes = imagesOfWrites(withoutMembers(request.writes, leftOut), [])
    return { system, mode: 'SYNC', state: legStateNow(state, system), attempts, lastError, writes }
  })
  const [request] = [...requests.values()]
  if (request === undefined) throw new Error('a transaction has at least one participant')
  const { id, origin, actor, startedAt, subject } = request
  const name = state.state === 'DECIDING' ? 'PREPARING' : state.state
  const some = leftOut.length > 0 ? { leftOut } : {}
  return { id, state: name, origin, actor, startedAt, decidedAt, completedAt, subject, ...some, legs }
}

/** Writes as images, given for each of them the record before it where that is known. */
export function imagesOfWrites(writes: readonly Write[], records: readonly RecordState[]): readonly WriteImage[] {
  return writes.flatMap((write, index) => {
    if (isCheck(write)) return []
    const { operation, table, key, base, revision, at = [], member } = write
    const before = records[index]?.row ?? null
    const after = write.operation === 'DELETE' ? null : { ...before, ...write.set }
    return [{ operation, table, key, before, after, base, revision, at, ...(member === undefined ? {} : { member }) }]
  })
}

// ---- from rows ---------------------------------------------------------------------------------------------------

function rowsOf(holdings: Holdings): readonly TransactionRow[] {
  return [...holdings.values()].filter((holding) => typeof holding === 'object')
}

/** The row that speaks for the transaction: the one furthest on, and rather a leg's than a fence's. */
function leadOf(rows: readonly TransactionRow[]): TransactionRow | null {
  const order = [
    (row: TransactionRow) => row.state === 'COMMITTED',
    (row: TransactionRow) => row.state === 'PREPARED',
    (row: TransactionRow) => row.writes.length > 0 || row.violations.some((violation) => violation.code !== 'FENCED'),
    () => true,
  ]
  return order.flatMap((wanted) => rows.filter(wanted))[0] ?? null
}

/** Of a committed batch: what one row refuses, no row has written. */
function leftOutOf(lead: TransactionRow, rows: readonly TransactionRow[]): readonly number[] {
  const members = rows.filter(({ plan }) => plan === lead.plan).flatMap(({ leftOut = [] }) => leftOut)
  return [...new Set(members)].sort((one, other) => one - other)
}

function legOf(
  lead: TransactionRow,
  system: System,
  holding: Holding | undefined,
  leftOut: readonly number[],
): LegView {
  const row = typeof holding === 'object' && holding.plan === lead.plan ? holding : null
  return {
    system,
    mode: 'SYNC',
    state: legState(lead, holding),
    attempts: (lead.idempotency?.attempt ?? 0) + 1,
    lastError: row?.violations[0]?.message ?? null,
    writes: withoutMembers(row?.writes ?? [], leftOut),
  }
}

/** An id that is held under another plan is as good as aborted under this one. */
function legState(lead: TransactionRow, holding: Holding | undefined): LegView['state'] {
  if (typeof holding !== 'object') return 'UNKNOWN'
  return holding.plan === lead.plan ? holding.state : 'ABORTED'
}

/** Reverted means over: where nothing is held, nothing can come any more; a silent system may still hold its locks. */
function stateOf(holdings: Holdings, legs: readonly LegView[]): TransactionState {
  const decision = decisionOf(holdings)
  switch (decision) {
    case 'COMMITTED':
      return legs.every((leg) => leg.state === 'COMMITTED') ? 'COMMITTED' : 'COMMITTING'
    case 'ABORTED':
      return legs.every((leg) => leg.state === 'ABORTED' || holdings.get(leg.system) === 'NOTHING')
        ? 'REVERTED'
        : 'REVERTING'
    case 'OPEN':
      return 'PREPARING'
    default:
      return decision satisfies never
  }
}

/** Committed with the last yes, aborted with the first no. */
function decidedAt(decision: ReturnType<typeof decisionOf>, rows: readonly TransactionRow[]): number | null {
  if (decision === 'OPEN') return null
  if (decision === 'COMMITTED') return Math.max(...rows.map((row) => row.decidedAt))
  const aborted = rows.filter((row) => row.state === 'ABORTED')
  return Math.min(...(aborted.length > 0 ? aborted : rows).map((row) => row.decidedAt))
}

// ---- from the coordinator's state --------------------------------------------------------------------------------

function legStateNow(state: State, system: System): LegView['state'] {
  switch (state.state) {
    case 'DECIDING':
      return state.yes.some((yes) => yes.system === system) ? 'PREPARED' : 'UNKNOWN'
    case 'COMMITTING':
      return state.open.has(system) ? 'PREPARED' : 'COMMITTED'
    case 'REVERTING': {
      const call = state.open.get(system)
      if (call === undefined) return 'ABORTED'
      return call.step === 'ABORT' ? 'PREPARED' : 'UNKNOWN'
    }
    case 'COMMITTED':
      return 'COMMITTED'
    case 'REVERTED':
      return 'ABORTED'
    default:
      return state satisfies never
  }
}
