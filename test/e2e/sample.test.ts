import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SampleData, type SampleOptions, writeSampleData } from '../../gateway/sample.ts'
import { sampleWrites } from '../../maps/sample/sample.ts'
import * as crm from '../../subgraphs/crm/sample.ts'
import * as erp from '../../subgraphs/erp/sample.ts'
import { type Lockstep, startLockstep } from './lockstep.ts'

const DATA: SampleData = {
  before: { CRM: crm.sampleCompanies(), ERP: erp.sampleCompanies() },
  writes: sampleWrites(),
  after: { CRM: crm.sampleRows(), ERP: erp.sampleRows() },
}

describe('sample data', () => {
  let lockstep: Lockstep
  let options: SampleOptions
  beforeEach(async () => {
    lockstep = await startLockstep({ sampleData: false })
    options = { ...lockstep.app, now: Date.now, timeoutMs: 10_000 }
  })
  afterEach(() => lockstep.stop())

  const counts = async () => {
    const { customers, customerGroups, paymentTerms, currencies } = await lockstep.graph.request<
      Record<string, { totalCount: number }>
    >(
      '{ customers { totalCount } customerGroups { totalCount } paymentTerms { totalCount } currencies { totalCount } }',
    )
    const { tasks } = await lockstep.crm.request<{ tasks: { totalCount: number } }>('{ tasks { totalCount } }')
    return [customers, customerGroups, paymentTerms, currencies, tasks].map((list) => list?.totalCount)
  }

  const entities = ['Customer', 'CustomerGroup', 'PaymentTerm', 'Currency']
  const EVERYTHING = [
    ...entities.map((entity) => DATA.writes.filter((write) => write.entity === entity).length),
    DATA.after.CRM.length,
  ]

  it('fills empty stores, once', async () => {
    expect(await counts()).toEqual([0, 0, 0, 0, 0])
    expect(await writeSampleData(DATA, options)).toBe(true)
    expect(await counts()).toEqual(EVERYTHING)
    expect(await writeSampleData(DATA, options)).toBe(false)
    expect(await counts()).toEqual(EVERYTHING)
  })

  it('goes on where it was cut short', async () => {
    let writesLeft = 30
    const sync: SampleOptions['sync'] = {
      ...lockstep.app.sync,
      write: (write) => {
        writesLeft -= 1
        return writesLeft < 0 ? Promise.reject(new Error('cut short')) : lockstep.app.sync.write(write)
      },
    }
    await expect(writeSampleData(DATA, { ...options, sync })).rejects.toThrow('cut short')
    expect(await counts()).not.toEqual(EVERYTHING)
    expect(await writeSampleData(DATA, options)).toBe(true)
    expect(await counts()).toEqual(EVERYTHING)
  })

  it('stays away from stores that hold something else', async () => {
    await lockstep.graph.request(
      'mutation { createCurrency(input: { code: "XTS", name: "Test" }) { errors { code } transaction { state } } }',
    )
    expect(await writeSampleData(DATA, options)).toBe(false)
    expect(await counts()).toEqual([0, 0, 0, 1, 0])
  })
})
