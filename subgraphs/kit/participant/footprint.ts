/**
 * The locks that a transaction takes, all at once, before it is judged: exclusive on each record written and on what it
 * is a part of, on each unique value claimed or given up and on what rules name; shared on each record newly referred
 * to and on what rules and computations read. Whatever a judgement depends on is among them.
 */

import type { RecordKey, Row } from '../../../schema/record.ts'
import type { Effect } from './effect.ts'
import type { Lock } from './locks.ts'
import { type Reference, referencedKey, type TableModel } from './system-model.ts'

/** Sorted by resource, each once; where a resource is wanted both ways, exclusive wins. */
export function footprint(effects: readonly Effect[]): readonly Lock[] {
  const locks = new Map<string, Lock>()
  const take = (resource: string, mode: Lock['mode'], effect: Effect) => {
    const held = locks.get(resource)
    if (held === undefined || (held.mode === 'SHARED' && mode === 'EXCLUSIVE')) {
      locks.set(resource, { resource, mode, write: effect.index })
    }
  }
  for (const effect of effects) {
    take(recordResource(effect.table, effect.key), 'EXCLUSIVE', effect)
    const whole = wholeOf(effect)
    if (whole !== null) take(whole, 'EXCLUSIVE', effect)
    for (const value of uniqueValues(effect)) {
      if (value.before === value.after) continue
      if (value.before !== null) take(value.before, 'EXCLUSIVE', effect)
      if (value.after !== null) take(value.after, 'EXCLUSIVE', effect)
    }
    for (const { target, key } of newReferences(effect)) take(recordResource(target, key), 'SHARED', effect)
    for (const { table, key } of effect.consulted) take(recordResource(table, key), 'SHARED', effect)
    for (const { exclusive, reads } of effect.rules) {
      for (const record of exclusive) take(recordResource(record.table, record.key), 'EXCLUSIVE', effect)
      for (const read of reads) {
        const record = read.read === 'RECORD' ? read : read.guard
        take(recordResource(record.table, record.key), 'SHARED', effect)
      }
    }
  }
  return [...locks.values()].sort((one, other) => (one.resource < other.resource ? -1 : 1))
}

export function recordResource(table: string, key: RecordKey): string {
  return `record ${table} ${key}`
}

/** The same on both sides of a write: what a record is a part of is in its key. */
function wholeOf({ model, before, after }: Effect): string | null {
  const row = before ?? after
  if (model.whole === null || row === null) return null
  const key = referencedKey(model.definition, model.whole, row)
  return key === null ? null : recordResource(model.whole.target.table, key)
}

/** The unique values of a record on both sides of a write, as lockable names; null where a column is empty. */
export function uniqueValues(effect: Effect): readonly {
  readonly columns: readonly string[]
  readonly before: string | null
  readonly after: string | null
}[] {
  return effect.model.definition.unique.map((columns) => ({
    columns,
    before: uniqueResource(effect.model, columns, effect.before),
    after: uniqueResource(effect.model, columns, effect.after),
  }))
}

function uniqueResource(model: TableModel, columns: readonly string[], row: Row | null): string | null {
  if (row === null) return null
  const values = columns.map((column) => row[column] ?? null)
  return values.includes(null)
    ? null
    : `unique ${model.definition.table} ${columns.join(',')} ${JSON.stringify(values)}`
}

/** The references that a write sets or changes, with the records they name. */
export function newReferences(
  effect: Effect,
): readonly { readonly reference: Reference; readonly target: string; readonly key: RecordKey }[] {
  const { before, after, model } = effect
  if (after === null) return []
  return model.references.flatMap((reference) => {
    const key = referencedKey(model.definition, reference, after)
    if (key === null || (before !== null && key === referencedKey(model.definition, reference, before))) return []
    return [{ reference, target: reference.target.table, key }]
  })
}
