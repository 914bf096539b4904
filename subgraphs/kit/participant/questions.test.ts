import { describe, expect, it } from 'vitest'
import type { Write } from '../../../schema/participant.ts'
import type { RecordState, Row } from '../../../schema/record.ts'
import {
  computations,
  create,
  remove,
  rules,
  tables,
  transactionId,
  update,
  version,
} from '../stores/contract/system.contract.ts'
import { openCase } from './case.ts'
import { gathered } from './gathering.ts'
import { inspect } from './inspect.ts'
import { modelSystem } from './system-model.ts'

const system = modelSystem('ERP', tables, rules, computations)
const BASE = version(1, 'seed')

/** What is asked of the table, where the records written stand as `row` and there are no others. */
function readsOf(table: string, row: Row, ...writes: readonly Write[]) {
  const inspection = inspect(system, { id: transactionId('t1'), writes })
  const states = inspection.writes.map(({ write }): RecordState => {
    const standing = write.operation === 'CREATE' ? null : row
    return { version: write.base, row: standing, localVersion: 0, updatedAt: null }
  })
  const nothing = () => ({ keys: [], rows: [] })
  const { questions } = gathered(openCase(system, { writes, refusals: [] }, inspection, states), nothing)
  return questions.flatMap(({ reads }) => reads).filter((read) => read.table === table)
}

describe('What is asked of other records', () => {
  const free = { company: 'usmf', order: 'O1', price: '0.00' }
  const line = (number: number, set: Row) => update('lines', ['usmf', 'O1', number], set, BASE)

  it('leaves room for the rows that the transaction itself takes out of the answer of a rule', () => {
    const limits = (...writes: readonly Write[]) => readsOf('lines', free, ...writes).map(({ limit }) => limit)
    expect(limits(line(1, { quantity: 2 }))).toEqual([3])
    expect(limits(line(1, { price: '1.00' }), line(2, { quantity: 2 }))).toEqual([4, 4])
    expect(limits(create('lines', ['usmf', 'O1', 3], { quantity: 1, price: '0.00' }))).toEqual([2])
  })

  it('is as little of each row as the rule looks at', () => {
    const payment = create('payments', ['usmf', 'P1'], { customer: 'C1', amount: '1.00' })
    const [rows] = readsOf('payments', {}, payment)
    expect(rows).toMatchObject({ whole: true, columns: ['amount'] })
  })

  it('leaves room for the transaction’s own writes among those who refer to what it deletes', () => {
    const order = remove('orders', ['usmf', 'O1'], BASE)
    const toOrder = { by: { where: { company: 'usmf', order: 'O1' } }, whole: false }
    expect(readsOf('lines', free, order)).toMatchObject([{ ...toOrder, limit: 1 }])
    expect(readsOf('lines', free, order, remove('lines', ['usmf', 'O1', 1], BASE))[0]).toMatchObject({
      ...{ ...toOrder, limit: 2 },
    })
  })

  it('is nothing where the transaction’s own writes answer', () => {
    expect(readsOf('orders', {}, create('orders', ['usmf', 'O1']), create('lines', ['usmf', 'O1', 1]))).toEqual([])
    expect(readsOf('orders', {}, create('lines', ['usmf', 'O1', 1]))).toMatchObject([{ limit: 1 }, { limit: 1 }])
  })
})
