/**
 * The records that are computed together: one whose table names computations, and its parts. Every such record that a
 * transaction touches, by a write to it or to a part of it, is gathered as the transaction would leave it.
 */

import type { RecordKey, Row } from '../../../schema/record.ts'
import type { Drafted } from './draft.ts'
import { type Answer, type Gathering, type Read, together } from './gathering.ts'
import { compareRows } from './key-order.ts'
import type { OwnWrites } from './own-writes.ts'
import { type Referrer, referencedKey, referringValues, type SystemModel, type TableModel } from './system-model.ts'

export interface Member {
  readonly model: TableModel
  readonly key: RecordKey
  /** As committed; null for a record that the transaction makes. */
  readonly before: Row | null
  readonly after: Row
  /** Null for a record that the transaction leaves alone. */
  readonly write: Drafted | null
}

export interface Aggregate {
  readonly root: Member
  /** In key order; table by table where there are several. */
  readonly parts: readonly Member[]
  /** The writes that touch it, at least one. */
  readonly writes: readonly Drafted[]
}

/** The root of what a transaction touches. */
export interface Touched {
  readonly model: TableModel
  readonly key: RecordKey
  readonly writes: readonly Drafted[]
}

export function touchedRoots(system: SystemModel, drafted: readonly Drafted[]): readonly Touched[] {
  const touched = new Map<string, { model: TableModel; key: RecordKey; writes: Drafted[] }>()
  for (const write of drafted) {
    const root = rootOf(system, write)
    if (root === null || root.model.computations.length === 0) continue
    const name = `${root.model.definition.table} ${root.key}`
    const known = touched.get(name)
    if (known === undefined) touched.set(name, { ...root, writes: [write] })
    else known.writes.push(write)
  }
  return [...touched.values()]
}

function rootOf(system: SystemModel, write: Drafted): { model: TableModel; key: RecordKey } | null {
  const { model, key, before, after } = write
  if (model.whole === null) return { model, key }
  const row = before ?? after
  const whole = row === null ? null : referencedKey(model.definition, model.whole, row)
  const wholeModel = system.tables.get(model.whole.target.table)
  return whole === null || wholeModel === undefined ? null : { model: wholeModel, key: whole }
}

/** Null where its root does not exist once the transaction is done. `own` holds the writes that show. */
export function* aggregateOf(
  system: SystemModel,
  { model, key, writes }: Touched,
  own: OwnWrites<Drafted>,
): Gathering<Aggregate | null> {
  const root = yield* readRoot(model, key, own)
  if (root === null) return null
  const parts = yield* together(model.parts.map((part) => readParts(system, root, part, own)))
  return { root, parts: parts.flat(), writes }
}

function* readRoot(model: TableModel, key: RecordKey, own: OwnWrites<Drafted>): Gathering<Member | null> {
  const { table } = model.definition
  const write = own.get(table, key)
  if (write !== undefined) return memberOf(write)
  const [answer] = yield [{ table, by: { key }, limit: 1, whole: true }]
  const row = answer?.rows[0]
  return row === undefined ? null : { model, key, before: row, after: row, write: null }
}

function* readParts(
  { tables }: SystemModel,
  root: Member,
  part: Referrer,
  own: OwnWrites<Drafted>,
): Gathering<readonly Member[]> {
  const { table, key: order } = part.table
  const model = tables.get(table)
  if (model === undefined) return []
  const where = referringValues(root.model.definition, part, root.after)
  // What the transaction makes has no parts but those that it makes as well.
  const reads: readonly Read[] = root.before === null ? [] : [{ table, by: { where }, limit: null, whole: true }]
  const [committed] = yield reads
  const untouched = committed === undefined ? [] : standing(model, committed, own)
  const written = own.having(table, where, 'after').flatMap((write) => memberOf(write) ?? [])
  return [...untouched, ...written].sort((one, other) => compareRows(order, one.after, other.after))
}

function standing(model: TableModel, { keys, rows }: Answer, own: OwnWrites<Drafted>): readonly Member[] {
  return keys.flatMap((key, at) => {
    const row = rows[at]
    if (row === undefined || own.get(model.definition.table, key) !== undefined) return []
    return [{ model, key, before: row, after: row, write: null }]
  })
}

function memberOf(write: Drafted): Member | null {
  const { model, key, before, after } = write
  return after === null ? null : { model, key, before, after, write }
}
