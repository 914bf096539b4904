/**
 * Runs computations. They see no computed column but what the ones before them in the same list have just worked out,
 * so that what they give follows from the other columns alone, whatever was computed before and whatever a write gives.
 */

import type { RecordRef, Row } from '../../../schema/record.ts'
import { type Aggregate, aggregateOf, type Member, touchedRoots } from './aggregate.ts'
import type { Compute, ComputedRecord, ComputedValues } from './computation.ts'
import type { Drafted } from './draft.ts'
import { type Gathering, together } from './gathering.ts'
import type { OwnWrites } from './own-writes.ts'
import type { SystemModel, TableModel } from './system-model.ts'

/** An aggregate with the values of its computed columns, and the records that they were worked out from. */
export interface Computed {
  readonly aggregate: Aggregate
  readonly values: ComputedValues
  readonly consulted: readonly RecordRef[]
}

/** What is computed for every record that the transaction touches. `own` holds the writes that show. */
export function* computeTouched(
  system: SystemModel,
  drafted: readonly Drafted[],
  own: OwnWrites<Drafted>,
): Gathering<readonly Computed[]> {
  const touched = touchedRoots(system, drafted)
  const aggregates = yield* together(touched.map((one) => aggregateOf(system, one, own)))
  const standing = aggregates.filter((aggregate) => aggregate !== null)
  return yield* together(standing.map((aggregate) => computeAggregate(system, aggregate, own)))
}

function* computeAggregate(system: SystemModel, aggregate: Aggregate, own: OwnWrites<Drafted>): Gathering<Computed> {
  const { root, parts } = aggregate
  const consulted: RecordRef[] = []
  let values: ComputedValues = { row: {}, parts: parts.map(() => ({})) }
  for (const computation of root.model.computations) {
    const seen = { ...seenAs(root, values.row), parts: parts.map((part, at) => seenAs(part, values.parts[at] ?? {})) }
    const more = yield* carryOut(computation.compute(seen), system, own, consulted)
    values = {
      row: { ...values.row, ...computedOf(root.model, more.row) },
      parts: parts.map(({ model }, at) => ({ ...values.parts[at], ...computedOf(model, more.parts[at] ?? {}) })),
    }
  }
  return { aggregate, values, consulted }
}

function* carryOut(
  compute: Compute,
  system: SystemModel,
  own: OwnWrites<Drafted>,
  consulted: RecordRef[],
): Gathering<ComputedValues> {
  let step = compute.next()
  while (step.done !== true) {
    consulted.push(...step.value)
    step = compute.next(yield* together(step.value.map((ref) => look(system, ref, own))))
  }
  return step.value
}

function* look({ tables }: SystemModel, { table, key }: RecordRef, own: OwnWrites<Drafted>): Gathering<Row | null> {
  const model = tables.get(table)
  if (model === undefined) return null
  const written = own.get(table, key)
  if (written !== undefined) return written.after === null ? null : withoutComputed(model, written.after)
  const [answer] = yield [{ table, by: { key }, limit: 1, whole: true }]
  const row = answer?.rows[0]
  return row === undefined ? null : withoutComputed(model, row)
}

function seenAs({ model, key, after }: Member, values: Row): ComputedRecord {
  return { table: model.definition.table, key, row: { ...withoutComputed(model, after), ...values } }
}

function withoutComputed({ computed }: TableModel, row: Row): Row {
  return computed.length === 0 ? row : { ...row, ...Object.fromEntries(computed.map(({ name }) => [name, null])) }
}

function computedOf({ computed }: TableModel, values: Row): Row {
  return Object.fromEntries(computed.flatMap(({ name }) => (values[name] === undefined ? [] : [[name, values[name]]])))
}
