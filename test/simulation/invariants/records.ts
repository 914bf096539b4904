/**
 * Follows every record of both systems through the commits that reach their disks: what each applied, that it was what
 * had been prepared, and that both systems went the same way.
 */

import type { TransactionRow, WriteImage } from '../../../schema/participant.ts'
import { NEVER_WRITTEN, type RecordState, type Row, type System, type Version } from '../../../schema/record.ts'
import { LOCAL_COLUMN } from '../cluster/tables.ts'
import type { Forced } from '../kernel/disk.ts'
import type { Situation } from '../situations.ts'
import type { Report } from './broken.ts'

interface Known {
  readonly version: Version
  readonly row: Row | null
}

/** A synchronised write of a record: who made it and what the record was afterwards. */
interface Step {
  readonly transaction: string
  readonly row: Row | null
}

const ABSENT: Known = { version: NEVER_WRITTEN, row: null }

export class RecordMonitor {
  readonly #records: Readonly<Record<System, Map<string, Known>>> = { CRM: new Map(), ERP: new Map() }
  readonly #steps: Readonly<Record<System, Map<string, Step[]>>> = { CRM: new Map(), ERP: new Map() }
  readonly #sequence: Record<System, number> = { CRM: 0, ERP: 0 }
  readonly #report: Report
  readonly #happened: (situation: Situation) => void

  constructor(report: Report, happened: (situation: Situation) => void) {
    this.#report = report
    this.#happened = happened
  }

  forced(system: System, { rows, records }: Forced): void {
    if (records.length === 0 && rows.every((row) => row.state !== 'COMMITTED')) return
    const committed = rows
      .filter((row) => row.state === 'COMMITTED')
      .sort((one, other) => (one.sequence ?? 0) - (other.sequence ?? 0))
    const touched = new Map<string, Known>()
    for (const row of committed) {
      this.#sequence[system] += 1
      if (row.sequence !== this.#sequence[system]) {
        this.#report('order', `the ${system} gives commit ${this.#sequence[system]} the number ${row.sequence}`)
      }
      for (const image of row.writes) touched.set(nameOf(image), this.#apply(system, row, image))
    }
    const written = new Map(records.map((record) => [nameOf(record), record.after]))
    const compare = (name: string, expected: Known | undefined, found: RecordState | undefined) => {
      if (expected !== undefined && found !== undefined && isSame(expected, found)) return
      this.#report('exact', `the ${system} holds ${name} as ${textOf(found)}; prepared was ${textOf(expected)}`)
    }
    for (const [name, expected] of touched) compare(name, expected, written.get(name))
    for (const [name, found] of written) if (!touched.has(name)) compare(name, undefined, found)
  }

  #apply(system: System, { id }: TransactionRow, image: WriteImage): Known {
    const name = nameOf(image)
    const before = this.#records[system].get(name) ?? ABSENT
    if (!isSame(before, { version: image.base, row: image.before })) {
      const planned = textOf({ version: image.base, row: image.before })
      this.#report('order', `${id} changes ${name} in the ${system}, planned on ${planned} and found ${textOf(before)}`)
    }
    const isShared = image.revision > image.base.revision
    const after = { version: isShared ? { revision: image.revision, transaction: id } : image.base, row: image.after }
    this.#records[system].set(name, after)
    if (isShared) this.#step(system, name, { transaction: id, row: image.after })
    if (before.row === null && before.version.revision > 0 && image.after !== null) {
      this.#happened('a deleted record was made again')
    }
    return after
  }

  #step(system: System, name: string, step: Step): void {
    const steps = this.#steps[system].get(name) ?? []
    this.#steps[system].set(name, steps)
    if (steps.some(({ transaction }) => transaction === step.transaction)) {
      this.#report('once', `${step.transaction} is applied to ${name} in the ${system} again`)
    }
    const there = this.#steps[system === 'CRM' ? 'ERP' : 'CRM'].get(name)?.[steps.length]
    steps.push(step)
    if (
      there !== undefined &&
      (there.transaction !== step.transaction || !isSameRow(there.row, step.row, LOCAL_COLUMN))
    ) {
      const [mine, other] = [step, there].map(({ transaction, row }) => `${JSON.stringify(row)} by ${transaction}`)
      this.#report('order', `version ${steps.length} of ${name} is ${mine} in the ${system} and ${other} in the other`)
    }
  }

  /** Reports a record that is not the same on both sides. */
  compare(): void {
    for (const name of new Set([...this.#records.CRM.keys(), ...this.#records.ERP.keys()])) {
      const [crm, erp] = [this.#records.CRM.get(name) ?? ABSENT, this.#records.ERP.get(name) ?? ABSENT]
      const isEqual = crm.version.revision === erp.version.revision && isSameRow(crm.row, erp.row, LOCAL_COLUMN)
      if (!isEqual) this.#report('equal', `${name} is ${textOf(crm)} in the CRM and ${textOf(erp)} in the ERP`)
    }
  }
}

function nameOf({ table, key }: { readonly table: string; readonly key: string }): string {
  return `${table} ${key}`
}

function isSame(one: Known, { version, row }: Known | RecordState): boolean {
  return (
    one.version.revision === version.revision &&
    one.version.transaction === version.transaction &&
    isSameRow(one.row, row)
  )
}

/** Apart from the column that is passed over. */
function isSameRow(one: Row | null, other: Row | null, passedOver: string | null = null): boolean {
  if (one === null || other === null) return one === other
  const isSameIn = (columns: Row) => {
    for (const column in columns) {
      if (column !== passedOver && (one[column] ?? null) !== (other[column] ?? null)) return false
    }
    return true
  }
  return isSameIn(one) && isSameIn(other)
}

function textOf(known: Known | RecordState | undefined): string {
  if (known === undefined) return 'untouched'
  const { version, row } = known
  return `${JSON.stringify(row)} at ${version.revision} by ${version.transaction}`
}
