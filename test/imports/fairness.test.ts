import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Importing, numbered, openImporting } from './importing.ts'

const rowsOf = (numbers: readonly string[]) =>
  numbers.map((number) => ({ company: 'tst', number, name: number, group: 'TRADE', currency: 'USD' }))

describe('More imports than are worked at side by side', () => {
  let importing: Importing
  beforeAll(async () => {
    importing = await openImporting()
  }, 60_000)
  afterAll(() => importing[Symbol.asyncDispose]())

  it('have their turn before those that came first have ended, of which no row is lost or written twice', async () => {
    const large = await importing.create({ batchRows: 10 }, rowsOf(numbered('L', 100)))
    const small = await importing.create({}, rowsOf(['S-1']))
    const smallEnded = importing.ended(small)
    const { sync } = importing.company.app
    let batches = 0
    importing.worker({
      settings: { jobsMax: 1, stayMs: 0, stayReadings: 0 },
      sync: {
        ...sync,
        async writeRows(write) {
          batches += 1
          if (batches > 2) await smallEnded
          return sync.writeRows(write)
        },
      },
    })
    expect((await smallEnded).outcomes).toMatchObject({ CREATED: 1 })
    const { phase, outcomes } = await importing.job(large)
    expect([phase.state, outcomes.CREATED]).toEqual(['RUNNING', 10])
    expect((await importing.ended(large)).outcomes).toMatchObject({ CREATED: 100, UNCHANGED: 0, UPDATED: 0 })
  })
})
