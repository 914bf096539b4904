import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lockstep, startLockstep, write } from './lockstep.ts'
import { subscribe } from './subscriber.ts'

const CUTS = 1_000
/** Which cuts are made: put a number here to make the same ones again. */
const SEED = Date.now()
const CUSTOMERS = 5

let lockstep: Lockstep
const ids: string[] = []
beforeAll(async () => {
  lockstep = await startLockstep()
  for (let index = 0; index < CUSTOMERS; index += 1) {
    const input = { company: 'usmf', number: `CUT-${index}`, name: 'Cut off', group: { code: 'RETAIL' } }
    const { id } = await write(lockstep.graph, 'createCustomer', { input })
    if (id === null) throw new Error('the customer has no id')
    ids.push(id)
  }
}, 60_000)
afterAll(() => lockstep.stop())

interface Told {
  readonly transactionId: string
  readonly id: string
  readonly revision: number
}

/** Writes one customer after another until it is told to stop; every transaction in the order of its answer. */
async function writeUntil(isOver: () => boolean): Promise<readonly string[]> {
  const written: string[] = []
  for (let turn = 0; !isOver(); turn += 1) {
    const id = ids[turn % CUSTOMERS] ?? ''
    const { transaction } = await write(lockstep.graph, 'updateCustomer', { id, input: { memo: `turn ${turn}` } })
    if (transaction?.state === 'COMMITTED') written.push(transaction.id)
  }
  return written
}

describe(`a client that is cut off ${CUTS} times while others write (seed ${SEED})`, () => {
  it('gets every change at least once, each record in the order of its revisions', async () => {
    const told: Told[] = []
    let isOver = false
    const writing = writeUntil(() => isOver)
    let cursor: string | null = null
    const lengths = fc.sample(fc.integer({ min: 1, max: 4 }), { numRuns: CUTS, seed: SEED })
    for (const length of lengths) {
      const start: string = cursor === null ? 'from: HEAD' : `after: "${cursor}"`
      const subscriber = subscribe(
        lockstep.url,
        `changes(filter: { ids: ${JSON.stringify(ids)} }, ${start})`,
        '... on Change { transactionId id revision }',
      )
      for (const message of await subscriber.take(length)) {
        cursor = message.cursor
        if (message.__typename === 'Change') told.push(message as unknown as Told)
      }
      subscriber.cut()
    }
    isOver = true
    const written = await writing
    const last = subscribe(
      lockstep.url,
      `changes(filter: { ids: ${JSON.stringify(ids)} }, after: "${cursor}")`,
      '... on Change { transactionId id revision }',
    )
    const missing = new Set(written)
    for (const { transactionId } of told) missing.delete(transactionId)
    while (missing.size > 0) {
      const message = await last.next()
      if (message.__typename !== 'Change') continue
      told.push(message as unknown as Told)
      missing.delete(String(message['transactionId']))
    }
    await last.close()

    for (const id of ids) {
      const revisions = told.filter((one) => one.id === id).map(({ revision }) => revision)
      expect(revisions.filter((revision, index) => revision < (revisions[index - 1] ?? 0))).toEqual([])
      expect(new Set(revisions)).toEqual(
        new Set(Array.from({ length: Math.max(...revisions) }, (_, index) => index + 1)),
      )
    }
    expect(told.length).toBeGreaterThan(CUTS)
  }, 120_000)
})
