import type { Value } from '../../../schema/record.ts'
import type { Computation } from '../../kit/participant/computation.ts'

const STATE_OF_STATUS: ReadonlyMap<Value, number> = new Map([
  [192350000, 1], // active: new
  [192350001, 3], // confirmed: in progress
  [192350002, 3], // picked: in progress
  [192350003, 100002], // partially delivered: partial
  [192350004, 100001], // delivered: complete
  [192350005, 100003], // invoiced: invoiced
  [192350006, 100003], // partially invoiced: invoiced
  [192350007, 4], // canceled: no money
])

/** Fills `salesorders`. */
export const orderState: Computation = {
  name: 'orderState',
  description: 'The state of an order as a salesperson sees it, by the status that the ERP works with.',
  *compute({ row, parts }) {
    const statuscode = STATE_OF_STATUS.get(row['msdyn_processingstatus'] ?? null) ?? null
    return { row: { statuscode }, parts: parts.map(() => ({})) }
  },
}
