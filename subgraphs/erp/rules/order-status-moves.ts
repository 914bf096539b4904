import type { Row, Value } from '../../../schema/record.ts'
import type { Change, Rule, RuleRead, RuleViolation } from '../../kit/participant/rule.ts'
import { recordNamedBy } from '../named-record.ts'
import { CANCELED, PROGRESS, statusOf } from '../sales-order.ts'

const CANCELABLE: readonly Value[] = ['Active', 'Confirmed', 'Picked']

/**
 * Guards `SalesOrderHeaders`. An order may be made in any status but canceled, so that past orders can be loaded. Lines
 * are counted under the order's own lock, which every write of a line takes.
 */
export const orderStatusMoves: Rule = {
  name: 'orderStatusMoves',
  description:
    'An order goes on from active to invoiced and never back, is confirmed with at least one line, and is canceled ' +
    'only before anything is delivered.',
  reads: (change) => (isConfirmed(change) ? linesOf(change) : []),
  check: (change, answers) => {
    const { before, after } = change
    if (after === null) return []
    const [lines] = answers
    return [
      ...moveFaults(before, after),
      ...(lines?.length === 0
        ? [complaint(`Order ${after['SalesOrderNumber']} has no lines: give it one before it is confirmed`)]
        : []),
    ]
  },
}

function moveFaults(before: Row | null, after: Row): readonly RuleViolation[] {
  const to = statusOf(after)
  if (before === null) return to === CANCELED ? [complaint('An order cannot be made canceled')] : []
  const from = statusOf(before)
  if (from === to || to === null) return []
  const isAllowed = to === CANCELED ? CANCELABLE.includes(from) : isForward(from, to)
  return isAllowed ? [] : [complaint(`An order that is ${from} cannot become ${to}`)]
}

function isForward(from: Value, to: Value): boolean {
  const [start, end] = [from, to].map((status) => PROGRESS.indexOf(String(status)))
  return start !== undefined && end !== undefined && start >= 0 && end > start
}

/** Whether the write takes an order out of its first status, and not to be canceled. */
function isConfirmed({ before, after }: Change): boolean {
  const to = statusOf(after)
  return statusOf(before) === 'Active' && to !== null && to !== 'Active' && to !== CANCELED
}

function linesOf({ after }: Change): readonly RuleRead[] {
  const guard = after === null ? null : recordNamedBy(after, 'SalesOrderNumber', 'SalesOrderHeaders')
  if (after === null || guard === null) return []
  const where = {
    dataAreaId: after['dataAreaId'] ?? null,
    SalesOrderNumber: after['SalesOrderNumber'] ?? null,
  }
  return [{ read: 'ROWS', table: 'SalesOrderLines', where, limit: 1, guard }]
}

function complaint(message: string): RuleViolation {
  return { message, column: 'SalesOrderProcessingStatus' }
}
