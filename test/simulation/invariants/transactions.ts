/**
 * Checks every row of a transaction as it reaches a disk, and every answer that leaves a system, against the rows of
 * the other system and against what anybody was told before.
 */

import { digestKey } from '../../../gateway/coordinator/digest.ts'
import type { TransactionRow, ViolationCode } from '../../../schema/participant.ts'
import { SYSTEMS, type System, type TransactionId } from '../../../schema/record.ts'
import type { WriterCall } from '../../../subgraphs/kit/ledger/calls.ts'
import { TENANT } from '../cluster/cluster.ts'
import type { WriterResult } from '../cluster/system-process.ts'
import type { Situation } from '../situations.ts'
import type { Report } from './broken.ts'

export class TransactionMonitor {
  /** Everybody who was ever seen, whatever became of it. */
  readonly ids = new Set<TransactionId>()
  readonly #rows: Readonly<Record<System, Map<TransactionId, TransactionRow>>> = { CRM: new Map(), ERP: new Map() }
  /** Ids, and ids with a plan, of which somebody was told that they are refused. */
  readonly #refused = new Set<string>()
  readonly #committedUnder = new Map<string, TransactionId>()
  /** Digests of keys whose request somebody was told to be refused for good. */
  readonly #refusedKeys = new Set<string>()
  /** Of those that somebody was told to be on their way to a commit. */
  readonly #promised = new Set<TransactionId>()
  readonly #answers = new Map<string, number>()
  /** The first that worked on it, or null where more than one has. */
  readonly #gateways = new Map<TransactionId, string | null>()
  readonly #prepared = new Set<string>()
  readonly #report: Report
  readonly #happened: (situation: Situation) => void

  constructor(report: Report, happened: (situation: Situation) => void) {
    this.#report = report
    this.#happened = happened
  }

  /** Rows that have no end yet, in either system. */
  get open(): number {
    return this.#prepared.size
  }

  /** Where it stands, as nobody but the whole can see it. */
  isCommitted(id: TransactionId): boolean {
    return SYSTEMS.some((system) => this.#rows[system].get(id)?.state === 'COMMITTED')
  }

  forced(system: System, row: TransactionRow): void {
    const before = this.#rows[system].get(row.id)
    if (before !== undefined && (before.state !== 'PREPARED' || row.state === 'PREPARED' || before.plan !== row.plan)) {
      this.#report('moves', `${row.id} moves from ${before.state} to ${row.state} in the ${system}`)
    }
    this.ids.add(row.id)
    this.#rows[system].set(row.id, row)
    if (row.state === 'PREPARED') this.#prepared.add(`${system} ${row.id}`)
    else this.#prepared.delete(`${system} ${row.id}`)
    if (row.state === 'COMMITTED') this.#committed(system, row)
    if (row.state === 'ABORTED') this.#aborted(system, row, before)
  }

  #committed(system: System, row: TransactionRow): void {
    for (const other of row.participants.filter((participant) => participant !== system)) {
      const there = this.#rows[other].get(row.id)
      if (there === undefined || there.state === 'ABORTED' || there.plan !== row.plan) {
        this.#report('split', `${row.id} is COMMITTED in the ${system} and ${there?.state ?? 'absent'} in the ${other}`)
      }
    }
    if (this.#refused.has(row.id) || this.#refused.has(`${row.id} ${row.plan}`))
      this.#report('refused', `${row.id} is COMMITTED in the ${system} after its refusal`)
    const key = row.idempotency?.key
    if (key === undefined) return
    const first = this.#committedUnder.get(key) ?? row.id
    this.#committedUnder.set(key, first)
    if (first !== row.id) this.#report('once', `one request is committed as ${first} and as ${row.id}`)
    if (this.#refusedKeys.has(key)) this.#report('refused', `${row.id} commits a request that was refused for good`)
  }

  #aborted(system: System, row: TransactionRow, before: TransactionRow | undefined): void {
    for (const other of SYSTEMS.filter((participant) => participant !== system)) {
      const there = this.#rows[other].get(row.id)
      if (there?.state === 'COMMITTED' && there.plan === row.plan) {
        this.#report('split', `${row.id} is ABORTED in the ${system} and COMMITTED in the ${other}`)
      }
      const isTheOnlyNo = there?.state === 'ABORTED' && there.violations.some(({ code }) => code !== 'FENCED')
      if (before !== undefined && isTheOnlyNo) this.#happened('a prepare was refused at the other system only')
    }
  }

  answered(system: System, call: WriterCall, answer: WriterResult, gateway: string): void {
    if (call.call === 'DRAW' || call.call === 'STATISTICS') return
    const id = 'request' in call ? call.request.id : call.id
    this.#countGateways(id, gateway)
    const row = this.#rows[system].get(id)
    const plan = 'request' in call && 'plan' in call.request ? call.request.plan : (row?.plan ?? null)
    const name = `${call.call} ${system} ${id}`
    const times = (this.#answers.get(name) ?? 0) + 1
    this.#answers.set(name, times)
    const held = row?.plan === plan ? row?.state : undefined
    const demand = (isKept: boolean) => {
      if (isKept) return
      this.#report('promised', `the ${system} answers ${call.call} ${JSON.stringify(answer)}, and holds ${row?.state}`)
    }

    if (call.call === 'COMMIT') {
      demand(held === 'COMMITTED')
      if (times > 1) this.#happened('a commit came again after the commit')
    } else if (call.call === 'ABORT') {
      demand(row === undefined || row.state === 'ABORTED')
      if (row === undefined || times > 1) this.#happened('an abort came where nothing was prepared')
    } else if (answer !== null && typeof answer === 'object' && 'vote' in answer) {
      if (times > 1) this.#happened('a vote was given again')
      if (answer.vote === 'YES') demand(held === 'COMMITTED' || held === answer.state)
      if (answer.vote === 'FOREIGN') this.#foreign(demand, row, plan)
      if (answer.vote === 'NO') {
        demand(held === 'ABORTED')
        this.#refuse(id, plan)
        this.#countVote(answer.violations)
      }
    } else if (answer !== null && typeof answer === 'object' && 'state' in answer) {
      if (answer.state === 'FOREIGN') this.#foreign(demand, row, plan)
      else demand(held === answer.state || held === 'COMMITTED')
      if (answer.state === 'PREPARED') this.#happened('a fence found a yes')
      if (answer.state === 'COMMITTED') this.#happened('a fence found a commit')
      if (answer.state === 'ABORTED') {
        const isNew = answer.violations.some(({ code }) => code === 'FENCED')
        this.#happened(isNew ? 'a fence came before the prepare' : 'a fence found a refusal')
        this.#refuse(id, plan)
      }
    }
  }

  #countGateways(id: TransactionId, gateway: string): void {
    const first = this.#gateways.get(id)
    if (first === undefined) this.#gateways.set(id, gateway)
    if (first === undefined || first === null || first === gateway) return
    this.#gateways.set(id, null)
    this.#happened('two gateways worked on one transaction')
  }

  #foreign(demand: (isKept: boolean) => void, row: TransactionRow | undefined, plan: string | null): void {
    demand(row !== undefined && row.plan !== plan)
    this.#happened('a plan found its id taken by another')
  }

  #countVote(violations: readonly { readonly code: ViolationCode }[]): void {
    const has = (code: ViolationCode) => violations.some((violation) => violation.code === code)
    if (has('FENCED')) this.#happened('a prepare came after its fence')
    if (has('LOCKED')) this.#happened('a prepare was refused for a lock')
    if (has('TIMEOUT')) this.#happened('a prepare came after its deadline')
  }

  #refuse(id: TransactionId, plan: string | null): void {
    this.#refused.add(`${id} ${plan}`)
    const isCommitted = SYSTEMS.some((system) => {
      const row = this.#rows[system].get(id)
      return row?.state === 'COMMITTED' && row.plan === plan
    })
    if (isCommitted) this.#report('refused', `${id} is refused after its commit`)
  }

  /** A caller is told that it is committed in every system. */
  toldCommitted(id: TransactionId): void {
    const rows = SYSTEMS.flatMap((system) => this.#rows[system].get(id) ?? [])
    const [first] = rows
    const isKept = first?.participants.every((system) => this.#rows[system].get(id)?.state === 'COMMITTED') ?? false
    if (!isKept) this.#report('acknowledged', `a caller is told that ${id} is committed`)
  }

  /** A caller is told that it is being committed. */
  toldCommitting(id: TransactionId): void {
    this.#promised.add(id)
    const rows = SYSTEMS.flatMap((system) => this.#rows[system].get(id) ?? [])
    const [first] = rows
    const isCertain =
      first?.participants.every((system) => {
        const row = this.#rows[system].get(id)
        return row !== undefined && row.state !== 'ABORTED' && row.plan === first.plan
      }) ?? false
    if (!isCertain) this.#report('acknowledged', `a caller is told that ${id} is being committed`)
  }

  /** A caller is told that it is refused, or is being reverted. */
  toldRefused(id: TransactionId): void {
    this.#refused.add(id)
    if (this.isCommitted(id)) this.#report('refused', `a caller is told that ${id} is refused, and it is committed`)
  }

  /** Whoever asks under the key, now or later, is to hear the same. */
  toldRefusedForGood(idempotencyKey: string): void {
    const key = digestKey(TENANT, idempotencyKey)
    this.#refusedKeys.add(key)
    const id = this.#committedUnder.get(key)
    if (id !== undefined) this.#report('refused', `a request is refused for good, and committed as ${id}`)
  }

  /** Nothing is under way any more. */
  conclude(): void {
    for (const id of this.#promised) this.toldCommitted(id)
  }
}
