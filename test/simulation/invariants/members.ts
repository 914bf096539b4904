/**
 * Follows each member of every batch: whom the rows of each system refuse, whom their commits leave out, what a system
 * answers of it and what clients are told.
 */

import { SYSTEMS, type System, type TransactionId, type TransactionRow } from '../../../schema/participant.ts'
import type { WriterCall } from '../../../subgraphs/kit/ledger/calls.ts'
import type { WriterResult } from '../cluster/system-process.ts'
import type { Situation } from '../situations.ts'
import type { Told } from '../workload/told.ts'
import type { Report } from './broken.ts'

interface Seen {
  readonly members: number
  /** By system the members that its PREPARED row refuses. */
  readonly refused: Map<System, readonly number[]>
  /** By system the members that its COMMITTED row leaves out. */
  readonly leftOut: Map<System, readonly number[]>
  /** Members that somebody was told are refused, and those that somebody was told commit. */
  readonly toldRefused: Set<number>
  readonly toldCommitted: Set<number>
  preparedBy: string | null
}

export class MemberMonitor {
  readonly #batches = new Map<TransactionId, Seen>()
  readonly #report: Report
  readonly #happened: (situation: Situation) => void

  constructor(report: Report, happened: (situation: Situation) => void) {
    this.#report = report
    this.#happened = happened
  }

  forced(system: System, { id, state, members, leftOut = [] }: TransactionRow): void {
    if (members === undefined) return
    const batch = this.#batchOf(id, members)
    if (state === 'PREPARED') {
      batch.refused.set(system, leftOut)
      if (leftOut.length >= members) this.#report('members', `${id} is PREPARED in the ${system} without any member`)
    }
    if (state === 'COMMITTED') this.#committed(id, batch, system, leftOut)
  }

  #committed(id: TransactionId, batch: Seen, system: System, leftOut: readonly number[]): void {
    batch.leftOut.set(system, leftOut)
    const agreed = [...new Set([...batch.refused.values()].flat())].sort((one, other) => one - other)
    if (leftOut.join() !== agreed.join()) {
      this.#report('members', `${id} leaves out ${leftOut} in the ${system}, and refused were ${agreed}`)
    }
    for (const told of batch.toldRefused) {
      if (!leftOut.includes(told)) this.#report('refused', `member ${told} of ${id} is committed after its refusal`)
    }
    if (leftOut.length === 0) return
    const [one = [], other = []] = SYSTEMS.map((each) => batch.refused.get(each))
    if (one.some((member) => !other.includes(member)) && other.some((member) => !one.includes(member))) {
      this.#happened('a batch had members refused by each side')
    }
    if (leftOut.length === batch.members) this.#happened('a batch committed none of its members')
  }

  answered(system: System, call: WriterCall, answer: WriterResult, gateway: string): void {
    if (call.call === 'DRAW' || call.call === 'STATISTICS' || call.call === 'ABORT') return
    const batch = this.#batches.get(call.request.id)
    if (batch === undefined) return
    if (call.call === 'PREPARE') batch.preparedBy ??= gateway
    if (call.call === 'COMMIT') {
      const isAnother = batch.preparedBy !== null && batch.preparedBy !== gateway
      if (isAnother && call.request.leftOut.length > 0) {
        this.#happened('a batch without some of its members was committed by another gateway')
      }
      return
    }
    if (answer === null || typeof answer !== 'object' || !('leftOut' in answer)) return
    const { state, leftOut } = answer
    const held = state === 'COMMITTED' ? batch.leftOut.get(system) : batch.refused.get(system)
    if (held?.join() !== leftOut?.members.join()) {
      this.#report(
        'promised',
        `the ${system} answers that ${call.request.id} is without ${leftOut?.members}, not ${held}`,
      )
    }
  }

  /** A process is gone. */
  died(): void {
    for (const { members, leftOut } of this.#batches.values()) {
      const [only, ...others] = leftOut.values()
      if (only === undefined || others.length > 0 || only.length === 0 || only.length === members) continue
      this.#happened('a process died between the two commits of a batch without some of its members')
    }
  }

  told(member: number, told: Told): void {
    if (told.told === 'REFUSED' && told.codes.includes('LOCKED'))
      this.#happened('a member of a batch met another writer')
    if (!('id' in told) || told.id === null) return
    const batch = this.#batches.get(told.id)
    switch (told.told) {
      case 'COMMITTED':
        this.#toldCommitted(told.id, member, batch, told)
        return
      case 'REFUSED':
        batch?.toldRefused.add(member)
        if ([...(batch?.leftOut.values() ?? [])].some((leftOut) => !leftOut.includes(member))) {
          this.#report(
            'refused',
            `a caller is told that member ${member} of ${told.id} is refused, and it is committed`,
          )
        }
        return
      case 'UNKNOWN':
        return
    }
  }

  #toldCommitted(
    id: TransactionId,
    member: number,
    batch: Seen | undefined,
    { complete, replayed }: Extract<Told, { told: 'COMMITTED' }>,
  ): void {
    this.#happened('a member of a batch committed')
    const rows = SYSTEMS.map((system) => batch?.leftOut.get(system))
    const isIn = (leftOut: readonly number[] | undefined) => leftOut !== undefined && !leftOut.includes(member)
    if (complete ? !rows.every(isIn) : [...(batch?.refused.values() ?? [])].some((one) => one.includes(member))) {
      this.#report('acknowledged', `a caller is told that member ${member} of ${id} is committed`)
    }
    batch?.toldCommitted.add(member)
    if (replayed && rows.some((leftOut) => (leftOut?.length ?? 0) > 0)) {
      this.#happened('a batch without some of its members was answered from its first making')
    }
  }

  /** Nothing is under way any more. */
  conclude(): void {
    for (const [id, { leftOut, toldCommitted }] of this.#batches) {
      for (const member of toldCommitted) {
        const isEverywhere = SYSTEMS.every((system) => leftOut.get(system)?.includes(member) === false)
        if (!isEverywhere) this.#report('acknowledged', `member ${member} of ${id} was told to be committed`)
      }
    }
  }

  #batchOf(id: TransactionId, members: number): Seen {
    const known = this.#batches.get(id)
    if (known !== undefined) return known
    const batch: Seen = {
      ...{ members, refused: new Map(), leftOut: new Map(), preparedBy: null },
      ...{ toldRefused: new Set(), toldCommitted: new Set() },
    }
    this.#batches.set(id, batch)
    return batch
  }
}
