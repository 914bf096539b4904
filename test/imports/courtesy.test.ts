import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { JobDefinition } from '../../gateway/imports/job/definition.ts'
import { COURTEOUS_BATCH_ROWS } from '../../gateway/imports/job/policy.ts'
import type { ImportWorker } from '../../gateway/imports/worker/worker.ts'
import { customerLine, customersCsv, type Importing, numbered, openImporting } from './importing.ts'

const ROWS = 120

describe('An import', () => {
  let importing: Importing
  let worker: ImportWorker | null = null
  beforeAll(async () => {
    importing = await openImporting()
  }, 60_000)
  afterEach(() => worker?.close())
  afterAll(() => importing[Symbol.asyncDispose]())

  /** How large the batches of an import were, and how many of them were under way at once; each is held for as long as `held` takes. */
  async function batchesOf(
    prefix: string,
    isBusy: boolean,
    held: (underWay: number) => Promise<unknown>,
    options: Partial<JobDefinition> = {},
  ) {
    const { sync } = importing.company.app
    const sizes: number[] = []
    let underWay = 0
    let atOnceMost = 0
    worker = importing.worker({
      traffic: { isBusy: () => isBusy },
      sync: {
        ...sync,
        async writeRows(write) {
          sizes.push(write.rows.length)
          underWay += 1
          atOnceMost = Math.max(atOnceMost, underWay)
          await held(underWay)
          const outcomes = await sync.writeRows(write)
          underWay -= 1
          return outcomes
        },
      },
    })
    const uploadId = await importing.upload(customersCsv(numbered(prefix, ROWS).map((number) => customerLine(number))))
    const id = await importing.create({ source: { kind: 'UPLOAD', uploadId }, ...options })
    expect((await importing.ended(id)).outcomes).toMatchObject({ CREATED: ROWS })
    return { sizes, atOnceMost }
  }

  /** Long enough for another batch to be taken and sent, if one would be. */
  const forSomeQuestions = async () => {
    for (let asked = 0; asked < 20; asked += 1) await importing.store.newest()
  }

  it('writes few rows at a time, and one batch after the other, while people and programs write', async () => {
    const { sizes, atOnceMost } = await batchesOf('A', true, forSomeQuestions)
    expect(atOnceMost).toBe(1)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(COURTEOUS_BATCH_ROWS)
  })

  it('has batches as large as was asked for even then, but one after the other', async () => {
    const { sizes, atOnceMost } = await batchesOf('B', true, forSomeQuestions, { batchRows: 60 })
    expect([sizes, atOnceMost]).toEqual([[60, 60], 1])
  })

  it('writes more rows at a time, and two batches at once, while nobody else does', async () => {
    const second = Promise.withResolvers<void>()
    const { sizes, atOnceMost } = await batchesOf('C', false, async (underWay) => {
      if (underWay === 2) second.resolve()
      await second.promise
    })
    expect(atOnceMost).toBe(2)
    expect(Math.max(...sizes)).toBeGreaterThan(COURTEOUS_BATCH_ROWS)
  })
})
