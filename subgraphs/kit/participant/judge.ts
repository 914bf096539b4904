/**
 * The last look: references, unique values and rules, by what the declared reads answered and the transaction's own
 * writes. A yes gives the images to be kept for the commit; a no gives every reason found.
 */

import type { Row, Violation, WriteImage } from '../../../schema/participant.ts'
import { recordKeyOf } from '../../../schema/record-key.ts'
import type { Case } from './case.ts'
import type { Effect } from './draft.ts'
import { uniqueValues } from './footprint.ts'
import { compareRows } from './key-order.ts'
import type { Answer, OwnWrites, Question } from './questions.ts'
import type { RuleRead } from './rule.ts'
import { referencedKey, type SystemModel } from './system-model.ts'
import { bounded, shortened, violation } from './violations.ts'

export type Verdict =
  | { readonly vote: 'YES'; readonly writes: readonly WriteImage[] }
  | { readonly vote: 'NO'; readonly violations: readonly Violation[] }

/** `answers`: for each question, one answer for each of its reads. */
export function judge(system: SystemModel, one: Case, answers: readonly (readonly Answer[])[]): Verdict {
  const claimed = new Map<string, number>()
  const judged = one.questions.flatMap((question, index) =>
    judgeQuestion(system, question, answers[index] ?? [], one.own, claimed),
  )
  const found = [...one.inspection.faults, ...one.draft.contradictions, ...judged]
  const violations = [...one.request.refusals, ...found.sort((a, b) => (a.write ?? -1) - (b.write ?? -1))]
  return violations.length > 0
    ? { vote: 'NO', violations: bounded(violations) }
    : { vote: 'YES', writes: imagesOf(one) }
}

function imagesOf({ draft, request }: Case): readonly WriteImage[] {
  return draft.effects.flatMap(({ index, table, key, before, after }) => {
    const write = request.writes[index]
    if (write === undefined) return []
    return [{ operation: write.operation, table, key, before, after, base: write.base, revision: write.revision }]
  })
}

function judgeQuestion(
  { system, tables }: SystemModel,
  question: Question,
  answers: readonly Answer[],
  own: OwnWrites,
  claimed: Map<string, number>,
): Violation[] {
  const { effect } = question
  const complain = (code: Violation['code'], column: string | null, message: string) =>
    violation(code, { system, write: effect.index, table: effect.table, column }, message)
  switch (question.about) {
    case 'TARGET': {
      if (isTargetThere(question, answers, own)) return []
      const { table, key } = question.target
      const { column } = question.reference
      return [complain('REFERENCE', column, `${column} names ${table} ${shortened(key)}, which does not exist`)]
    }
    case 'UNIQUE': {
      if (!isClaimedTwice(question, answers, own, claimed)) return []
      const columns = question.columns.join(', ')
      const column = question.columns.at(-1) ?? null
      return [complain('DUPLICATE', column, `Another record of ${effect.table} has the same ${columns}`)]
    }
    case 'REFERRERS': {
      const key = referrerLeft(question, answers, own)
      if (key === null) return []
      const { table, column } = question.referrer
      return [complain('REFERENCE', null, `${table.table} ${shortened(key)} refers to this record in ${column}`)]
    }
    case 'RULE': {
      const { rule, reads } = question.rule
      const rows = ruleRows(reads, answers, own, tables)
      return rule.check(effect, rows).map(({ column, message }) => complain('RULE', column, message))
    }
  }
}

function isTargetThere(
  { target }: Extract<Question, { about: 'TARGET' }>,
  answers: readonly Answer[],
  own: OwnWrites,
): boolean {
  const written = own.get(target.table, target.key)
  return written === undefined ? answers[0]?.keys[0] !== undefined : written.after !== null
}

/** Of several writes of one transaction that claim a value, all but the first are refused. */
function isClaimedTwice(
  { effect, resource }: Extract<Question, { about: 'UNIQUE' }>,
  answers: readonly Answer[],
  own: OwnWrites,
  claimed: Map<string, number>,
): boolean {
  const holder = answers[0]?.keys[0]
  const ownHolder = holder === undefined ? undefined : own.get(effect.table, holder)
  const isHeld = holder !== undefined && (ownHolder === undefined || keepsValue(ownHolder, resource))
  const isClaimed = claimed.has(resource)
  claimed.set(resource, effect.index)
  return isClaimed || (isHeld && ownHolder !== effect)
}

function keepsValue(effect: Effect, resource: string): boolean {
  return uniqueValues(effect).some(({ after }) => after === resource)
}

/** The key of a record that would still refer to the deleted one. */
function referrerLeft(
  { effect, referrer }: Extract<Question, { about: 'REFERRERS' }>,
  answers: readonly Answer[],
  own: OwnWrites,
): string | null {
  const { table } = referrer.table
  const stranger = answers[0]?.keys.find((key) => own.get(table, key) === undefined)
  if (stranger !== undefined) return stranger
  const reference = { column: referrer.column, target: effect.model.definition }
  for (const { key, before, after } of own.of(table)) {
    if (after === null || before === null) continue
    const isUnchanged = referencedKey(referrer.table, reference, before) === effect.key
    if (isUnchanged && referencedKey(referrer.table, reference, after) === effect.key) return key
  }
  return null
}

/** The committed answers with the transaction's own writes over them. */
function ruleRows(
  reads: readonly RuleRead[],
  answers: readonly Answer[],
  own: OwnWrites,
  tables: SystemModel['tables'],
): readonly (readonly Row[])[] {
  const fetched = answers.values()
  return reads.map((read) => {
    if (read.read === 'RECORD') {
      const written = own.get(read.table, read.key)
      if (written !== undefined) return written.after === null ? [] : [written.after]
      return fetched.next().value?.rows ?? []
    }
    const committed = fetched.next().value?.rows ?? []
    if (own.count(read.table) === 0) return committed
    const definition = tables.get(read.table)?.definition
    if (definition === undefined) return committed
    const untouched = committed.filter((row) => {
      const key = recordKeyOf(definition, row)
      return key === null || own.get(read.table, key) === undefined
    })
    const written = [...own.of(read.table)].flatMap(({ after }) =>
      after !== null && matches(after, read.where) ? [after] : [],
    )
    return [...untouched, ...written].sort((a, b) => compareRows(definition.key, a, b)).slice(0, read.limit)
  })
}

function matches(row: Row, where: Row): boolean {
  return Object.entries(where).every(([column, value]) => (row[column] ?? null) === value)
}
