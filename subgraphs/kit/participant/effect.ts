/** What a write does to one record, all told: with its computed columns filled in and the rules that guard it. */

import type { WriteImage } from '../../../schema/participant.ts'
import type { RecordKey, RecordRef, Row } from '../../../schema/record.ts'
import { consultedBy } from './computed-columns.ts'
import { computeTouched } from './computing.ts'
import { type Drafted, draftOfImage } from './draft.ts'
import type { Gathering } from './gathering.ts'
import { OwnWrites } from './own-writes.ts'
import type { Change, Rule, RuleRead } from './rule.ts'
import type { SystemModel, TableModel } from './system-model.ts'

export interface GuardingRule {
  readonly rule: Rule
  readonly exclusive: readonly { readonly table: string; readonly key: RecordKey }[]
  readonly reads: readonly RuleRead[]
}

export interface Effect extends Drafted {
  /** None for a write that is off the record. */
  readonly rules: readonly GuardingRule[]
  /** Records that computations looked at, each named by the first write that made them look. */
  readonly consulted: readonly RecordRef[]
}

export function effectOf(drafted: Drafted, after: Row | null, consulted: readonly RecordRef[]): Effect {
  const { table, key, before, model, settled } = drafted
  const change = { table, key, before, after }
  return { ...drafted, after, rules: settled ? guardingRules(model, change) : [], consulted }
}

function guardingRules(model: TableModel, change: Change): readonly GuardingRule[] {
  return model.rules.map((rule) => ({
    rule,
    exclusive: rule.exclusive?.(change) ?? [],
    reads: rule.reads(change),
  }))
}

/** The effects of writes that were prepared before, on records that have stood still since: their locks follow. */
export function* effectsOfImages(system: SystemModel, images: readonly WriteImage[]): Gathering<readonly Effect[]> {
  const drafted = images.map((image, index) => {
    const model = system.tables.get(image.table)
    if (model === undefined) throw new Error(`A prepared transaction writes the table ${image.table}, which is gone`)
    return draftOfImage(model, index, image)
  })
  const consulted = consultedBy(yield* computeTouched(system, drafted, new OwnWrites(drafted)))
  return drafted.map((one) => effectOf(one, one.after, consulted.get(one.index) ?? []))
}
