/** What must hold of each member of a batch, in the rows of both systems and in what callers were told. */

import { digestKey } from '../../../gateway/coordinator/digest.ts'
import type { TransactionRow } from '../../../schema/participant.ts'
import { SYSTEMS, type System, type TransactionId } from '../../../schema/record.ts'
import type { WriterCall } from '../../../subgraphs/kit/ledger/calls.ts'
import { TENANT } from '../cluster/cluster.ts'
import type { WriterResult } from '../cluster/system-process.ts'
import type { Situation } from '../situations.ts'
import type { Place } from '../workload/batch.ts'
import type { Told } from '../workload/told.ts'
import type { Report } from './broken.ts'

type Members = readonly number[]

/** What was forced of one batch, by system. */
interface Batch {
  /** Whom each has refused with its yes. */
  readonly refused: Map<System, Members>
  /** Whom each has left out of its commit. */
  readonly leftOut: Map<System, Members>
  readonly preparedBy: Set<string>
  /** Whether a process has died since one system committed it. */
  hasOutlived: boolean
}

export class BatchMonitor {
  readonly #batches = new Map<TransactionId, Batch>()
  /** Members of a batch, by id or by the digest of the key, of which somebody was told that they are refused. */
  readonly #refused = new Set<string>()
  /** Of those that somebody was told to be on their way to a commit. */
  readonly #promised: { readonly id: TransactionId; readonly member: number }[] = []
  readonly #report: Report
  readonly #happened: (situation: Situation) => void

  constructor(report: Report, happened: (situation: Situation) => void) {
    this.#report = report
    this.#happened = happened
  }

  forced(system: System, row: TransactionRow): void {
    if (row.members === undefined) return
    const batch = this.#batchOf(row.id)
    if (row.state === 'PREPARED') batch.refused.set(system, row.leftOut ?? [])
    if (row.state === 'COMMITTED') this.#committed(system, row, batch)
  }

  answered(system: System, call: WriterCall, answer: WriterResult, gateway: string): void {
    if (call.call === 'PREPARE' && call.request.members !== undefined) {
      this.#batchOf(call.request.id).preparedBy.add(gateway)
      this.#countVote(answer)
    }
    if (call.call !== 'COMMIT') return
    const batch = this.#batches.get(call.request.id)
    const held = batch?.leftOut.get(system)
    if (batch === undefined || held === undefined) return
    if (!isSame(held, call.request.leftOut)) {
      this.#report(
        'members',
        `the ${system} answers a commit without ${call.request.leftOut}, and holds it without ${held}`,
      )
    }
    if (held.length > 0 && !batch.preparedBy.has(gateway)) this.#happened('a batch was committed by a successor')
  }

  died(): void {
    for (const batch of this.#batches.values()) if (batch.leftOut.size === 1) batch.hasOutlived = true
  }

  /** A caller is told what became of a member. */
  told(told: Told, { batch: { idempotencyKey }, member }: Place): void {
    if (told.told === 'COMMITTED') {
      if (told.complete) this.#demandCommit(told.id, member)
      else this.#promised.push({ id: told.id, member })
      this.#happened('a member of a batch committed')
    }
    if (told.told !== 'REFUSED' || told.id === null) return
    this.#refused.add(`${told.id}/${member}`)
    // Under its key a batch ends once and for all.
    if (idempotencyKey !== null) this.#refused.add(`${digestKey(TENANT, idempotencyKey)}/${member}`)
    const isCommitted = SYSTEMS.some((system) => this.#isIn(told.id, system, member))
    if (isCommitted) this.#report('refused', `a caller is told that member ${member} of ${told.id} is refused`)
  }

  /** Nothing is under way any more. */
  conclude(): void {
    for (const { id, member } of this.#promised) this.#demandCommit(id, member)
  }

  #committed(system: System, row: TransactionRow, batch: Batch): void {
    const leftOut = row.leftOut ?? []
    const refused = [...new Set([...batch.refused.values()].flat())].sort((one, other) => one - other)
    if (row.participants.length > 1 && !isSame(leftOut, refused)) {
      this.#report('members', `the ${system} commits ${row.id} without ${leftOut}; refused were ${refused}`)
    }
    for (let member = 0; member < (row.members ?? 0); member += 1) {
      if (leftOut.includes(member)) continue
      const names = [row.id, row.idempotency?.key].map((name) => `${name}/${member}`)
      if (names.some((name) => this.#refused.has(name))) {
        this.#report('refused', `member ${member} of ${row.id} is COMMITTED in the ${system} after its refusal`)
      }
    }
    batch.leftOut.set(system, leftOut)
    if (batch.leftOut.size === row.participants.length) this.#countEnd(row, batch, leftOut)
  }

  #countEnd({ members }: TransactionRow, batch: Batch, leftOut: Members): void {
    const [crm, erp] = SYSTEMS.map((system) => batch.refused.get(system) ?? [])
    const areApart = crm?.some((member) => !erp?.includes(member)) && erp?.some((member) => !crm?.includes(member))
    if (areApart) this.#happened('a batch committed without members that each system refused')
    if (leftOut.length === members) this.#happened('a batch committed nothing')
    if (batch.hasOutlived && leftOut.length > 0) {
      this.#happened('a process died between the two commits of a batch with members left out')
    }
  }

  #countVote(answer: WriterResult): void {
    if (answer === null || typeof answer !== 'object' || !('leftOut' in answer)) return
    const isLocked = answer.leftOut.violations.some(({ code }) => code === 'LOCKED')
    if (isLocked) this.#happened('a member of a batch was refused for a lock')
  }

  #demandCommit(id: TransactionId, member: number): void {
    const isKept = SYSTEMS.every((system) => this.#isIn(id, system, member))
    if (!isKept) this.#report('acknowledged', `a caller is told that member ${member} of ${id} is committed`)
  }

  #isIn(id: TransactionId | null, system: System, member: number): boolean {
    const leftOut = id === null ? undefined : this.#batches.get(id)?.leftOut.get(system)
    return leftOut !== undefined && !leftOut.includes(member)
  }

  #batchOf(id: TransactionId): Batch {
    const known = this.#batches.get(id)
    if (known !== undefined) return known
    const batch: Batch = { refused: new Map(), leftOut: new Map(), preparedBy: new Set(), hasOutlived: false }
    this.#batches.set(id, batch)
    return batch
  }
}

function isSame(one: Members, other: Members): boolean {
  return one.length === other.length && one.every((member, index) => member === other[index])
}
