/**
 * The last look: references, unique values and rules, by what the declared reads answered and the transaction's own
 * writes. A yes gives the images to be kept for the commit; a no gives every reason found.
 */

import { isCheck, type Violation, type WriteImage } from '../../../schema/participant.ts'
import type { RecordKey } from '../../../schema/record.ts'
import type { Case } from './case.ts'
import type { Effect } from './effect.ts'
import { uniqueValues } from './footprint.ts'
import type { Answer } from './gathering.ts'
import type { OwnWrites } from './own-writes.ts'
import type { Question } from './questions.ts'
import { RuleRows } from './rule-rows.ts'
import { referencedKey, referringValues, type SystemModel } from './system-model.ts'
import { bounded, shortened, violation } from './violations.ts'
import { imageOf } from './write-image.ts'

export type Verdict =
  | { readonly vote: 'YES'; readonly writes: readonly WriteImage[] }
  | { readonly vote: 'NO'; readonly violations: readonly Violation[] }

/** What one transaction's questions are judged with. */
interface Seen {
  readonly own: OwnWrites<Effect>
  readonly rows: RuleRows
  /** Unique values that writes judged before have claimed. */
  readonly claimed: Set<string>
}

/** `answers`: for each question, one answer for each of its reads. */
export function judge(system: SystemModel, one: Case, answers: readonly (readonly Answer[])[]): Verdict {
  const seen: Seen = { own: one.own, rows: new RuleRows(one.own, system.tables), claimed: new Set() }
  const judged = one.questions.flatMap((question, index) => judgeQuestion(system, question, answers[index] ?? [], seen))
  const found = [...one.inspection.faults, ...one.contradictions, ...judged]
  const violations = [...one.request.refusals, ...found.sort((a, b) => (a.write ?? -1) - (b.write ?? -1))]
  return violations.length > 0
    ? { vote: 'NO', violations: bounded(violations) }
    : { vote: 'YES', writes: imagesOf(one) }
}

function imagesOf({ effects, request }: Case): readonly WriteImage[] {
  return effects.flatMap(({ index, before, after }) => {
    const write = request.writes[index]
    return write === undefined || isCheck(write) ? [] : [imageOf(write, before, after)]
  })
}

function judgeQuestion(
  { system }: SystemModel,
  question: Question,
  answers: readonly Answer[],
  { own, rows, claimed }: Seen,
): Violation[] {
  const { effect } = question
  const complain = (code: Violation['code'], column: string | null, message: string) =>
    violation(code, { system, write: effect.index, table: effect.table, column, at: effect.at }, message)
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
      const found = rule.check(effect, rows.answersTo(reads, answers))
      return found.map(({ column, message }) => complain('RULE', column, message))
    }
  }
}

function isTargetThere(
  { target }: Extract<Question, { about: 'TARGET' }>,
  answers: readonly Answer[],
  own: OwnWrites<Effect>,
): boolean {
  const written = own.get(target.table, target.key)
  return written === undefined ? answers[0]?.keys[0] !== undefined : written.after !== null
}

/** Of several writes of one transaction that claim a value, all but the first are refused. */
function isClaimedTwice(
  { effect, resource }: Extract<Question, { about: 'UNIQUE' }>,
  answers: readonly Answer[],
  own: OwnWrites<Effect>,
  claimed: Set<string>,
): boolean {
  const holder = answers[0]?.keys[0]
  const ownHolder = holder === undefined ? undefined : own.get(effect.table, holder)
  const isHeld = holder !== undefined && (ownHolder === undefined || keepsValue(ownHolder, resource))
  const isClaimed = claimed.has(resource)
  claimed.add(resource)
  return isClaimed || (isHeld && ownHolder !== effect)
}

function keepsValue(effect: Effect, resource: string): boolean {
  return uniqueValues(effect).some(({ after }) => after === resource)
}

/** The key of a record that would still refer to the deleted one. */
function referrerLeft(
  { effect, referrer }: Extract<Question, { about: 'REFERRERS' }>,
  answers: readonly Answer[],
  own: OwnWrites<Effect>,
): RecordKey | null {
  const { table } = referrer.table
  const stranger = answers[0]?.keys.find((key) => own.get(table, key) === undefined)
  if (stranger !== undefined) return stranger
  if (effect.before === null) return null
  const reference = { ...referrer, target: effect.model.definition }
  // A reference that the transaction itself sets is the fault of that write.
  const left = own
    .having(table, referringValues(effect.model.definition, referrer, effect.before), 'after')
    .find(({ before }) => before !== null && referencedKey(referrer.table, reference, before) === effect.key)
  return left?.key ?? null
}
