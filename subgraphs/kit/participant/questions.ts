/**
 * What must be read to judge a transaction, declared before any of it is read, so that a store can fetch all of it at
 * once. Every answer is kept true by a lock of the footprint.
 */

import type { RecordRef } from '../../../schema/record.ts'
import type { TableDefinition } from '../../../schema/table.ts'
import type { Effect, GuardingRule } from './effect.ts'
import { newReferences, uniqueValues } from './footprint.ts'
import type { Read } from './gathering.ts'
import type { OwnWrites } from './own-writes.ts'
import type { RuleRead } from './rule.ts'
import { type Reference, type Referrer, referringValues } from './system-model.ts'

/** `reads` is empty where the transaction's own writes answer. */
export type Question =
  | {
      readonly about: 'TARGET'
      readonly effect: Effect
      readonly reference: Reference
      readonly target: RecordRef
      readonly reads: readonly Read[]
    }
  | {
      readonly about: 'UNIQUE'
      readonly effect: Effect
      readonly columns: readonly string[]
      readonly resource: string
      readonly reads: readonly Read[]
    }
  | {
      readonly about: 'REFERRERS'
      readonly effect: Effect
      readonly referrer: Referrer
      readonly reads: readonly Read[]
    }
  | { readonly about: 'RULE'; readonly effect: Effect; readonly rule: GuardingRule; readonly reads: readonly Read[] }

export function questions(effects: readonly Effect[], own: OwnWrites<Effect>): readonly Question[] {
  return effects.flatMap((effect) => [
    ...(effect.settled ? [...targetQuestions(effect, own), ...uniqueQuestions(effect)] : []),
    ...(effect.settled && effect.after === null ? referrerQuestions(effect, own) : []),
    ...effect.rules.map((rule): Question => {
      const reads = rule.reads.flatMap((read) => ruleReads(read, own))
      return { about: 'RULE', effect, rule, reads }
    }),
  ])
}

function targetQuestions(effect: Effect, own: OwnWrites<Effect>): Question[] {
  return newReferences(effect).flatMap(({ reference, target: table, key }) => {
    if (isComputed(effect.model.definition, reference)) return []
    const reads = own.get(table, key) === undefined ? [{ table, by: { key }, limit: 1, whole: false }] : []
    return [{ about: 'TARGET', effect, reference, target: { table, key }, reads }]
  })
}

function uniqueQuestions(effect: Effect): Question[] {
  const { after, table } = effect
  if (after === null) return []
  return uniqueValues(effect).flatMap(({ columns, before, after: resource }): Question[] => {
    if (resource === null || resource === before) return []
    const where = Object.fromEntries(columns.map((column) => [column, after[column] ?? null]))
    // One is enough: committed records already have each value once.
    return [{ about: 'UNIQUE', effect, columns, resource, reads: [{ table, by: { where }, limit: 1, whole: false }] }]
  })
}

function referrerQuestions(effect: Effect, own: OwnWrites<Effect>): Question[] {
  const { before, model } = effect
  if (before === null) return []
  return model.referrers.flatMap((referrer) => {
    if (isComputed(referrer.table, referrer)) return []
    const { table } = referrer.table
    const where = referringValues(model.definition, referrer, before)
    // The transaction's own writes are left out of the answer, and one more than those proves a referrer.
    const reads = [{ table, by: { where }, limit: own.having(table, where, 'before').length + 1, whole: false }]
    return [{ about: 'REFERRERS', effect, referrer, reads }]
  })
}

/** What is computed is taken from other references, which are asked about, and which a caller can mend. */
function isComputed({ columns }: TableDefinition, { column }: Pick<Reference, 'column'>): boolean {
  return columns[column]?.computed === true
}

function ruleReads(read: RuleRead, own: OwnWrites<Effect>): Read[] {
  const { table } = read
  if (read.read === 'ROWS') {
    // What the transaction writes may drop out of the answer, and others then take its place.
    const limit = read.limit + own.having(table, read.where, 'before').length
    const narrowed = read.columns === undefined ? {} : { columns: read.columns }
    return [{ table, by: { where: read.where }, limit, whole: true, ...narrowed }]
  }
  return own.get(table, read.key) === undefined ? [{ table, by: { key: read.key }, limit: 1, whole: true }] : []
}
