/** A stand-in for a system that computations look records up in. */

import type { Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Aggregate, Computation, ComputedValues } from '../../kit/participant/computation.ts'

/** What a computation gives for a document with these lines, where these records are all that can be looked up. */
export function computed(
  computation: Computation,
  row: Row,
  lines: readonly Row[],
  records: Readonly<Record<string, Row>> = {},
): ComputedValues {
  const part = (line: Row, index: number) => ({ table: 'lines', key: recordKey(['usmf', 'N1', index + 1]), row: line })
  const document: Aggregate = { table: 'documents', key: recordKey(['usmf', 'N1']), row, parts: lines.map(part) }
  const running = computation.compute(document)
  let step = running.next()
  while (step.done !== true) {
    step = running.next(step.value.map(({ table, key }) => records[`${table} ${key}`] ?? null))
  }
  return step.value
}
