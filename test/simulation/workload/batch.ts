/** Batches of the changes that clients of a simulated world ask for, and what is told of each of them. */

import type { BatchOutcome, BatchPlan, BatchRequest, MemberOutcome } from '../../../gateway/coordinator/coordinator.ts'
import { SYSTEMS } from '../../../schema/record.ts'
import type { Participants } from '../cluster/gateway-process.ts'
import { type BatchChange, refsOf, writesOf } from './change.ts'
import { readAll } from './request.ts'
import type { Operation } from './scenario.ts'
import type { Told } from './told.ts'

export interface AskedBatch {
  readonly operation: Operation
  readonly change: BatchChange
  /** The maps by which the gateway plans. */
  readonly mapSet: string
}

export interface Place {
  readonly batch: Operation
  readonly member: number
}

/** Each member as an operation of its own: it is told what becomes of it. */
export function partsOf(operation: Operation): readonly Operation[] {
  const { change, idempotencyKey } = operation
  if (change.change !== 'BATCH') return [operation]
  return change.members.map((member, index) => ({
    ...operation,
    change: member,
    idempotencyKey: idempotencyKey === null ? null : `${idempotencyKey}/${index}`,
  }))
}

export function batchOf({ operation, change, mapSet }: AskedBatch, participants: Participants): BatchRequest {
  const { members } = change
  return {
    origin: 'GRAPH',
    actor: null,
    idempotencyKey: operation.idempotencyKey,
    request: JSON.stringify(change),
    systems: SYSTEMS,
    timeoutMs: operation.timeoutMs,
    members: members.length,
    plan: async (): Promise<BatchPlan> => {
      const refs = members.map(refsOf)
      const states = await readAll(participants, SYSTEMS, refs.flat())
      let read = 0
      const plans = members.map((member, index) => {
        const count = refs[index]?.length ?? 0
        const writes = writesOf(
          member,
          states.map((held) => held.slice(read, read + count)),
        )
        read += count
        const legs = SYSTEMS.map((system, at) => ({ system, writes: writes[at] ?? [] }))
        return { legs: legs.filter((leg) => leg.writes.length > 0), refusals: [] }
      })
      return { mapSet, members: plans }
    },
  }
}

/** In the order of the members. */
export function toldOfBatch({ transaction, members, replayed }: BatchOutcome): readonly Told[] {
  const told = (outcome: MemberOutcome, member: number): Told => {
    const id = transaction?.id ?? null
    const codes = outcome.outcome === 'COMMITTED' ? [] : outcome.violations.map(({ code }) => code)
    switch (outcome.outcome) {
      case 'COMMITTED': {
        const [images = []] = (transaction?.legs ?? []).map((leg) => leg.writes.filter((one) => one.member === member))
        if (transaction === null || images.length === 0) return { told: 'UNCHANGED' }
        const complete = transaction.state === 'COMMITTED'
        const attempts = transaction.legs[0]?.attempts ?? 1
        return { told: 'COMMITTED', id: transaction.id, complete, replayed, attempts, images }
      }
      case 'REFUSED':
        return { told: 'REFUSED', id, codes, isFinal: false }
      case 'NOT_STARTED':
      case 'UNDECIDED':
        return { told: 'UNKNOWN', id, codes }
    }
  }
  return members.map(told)
}
