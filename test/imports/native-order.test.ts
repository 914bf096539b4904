/** Rows of one native table that refer to each other, in an import and when it is taken back. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { undoDefinition } from '../../gateway/imports/api/undo.ts'
import { COMPANY, row } from '../rows/company.ts'
import { type Importing, openImporting } from './importing.ts'

const WAREHOUSES = { kind: 'NATIVE', system: 'CRM', table: 'msdyn_warehouses' } as const
const COUNT = 24

const codeOf = (number: number) => `W-${number}`

/** Each is refilled from the one before it. */
const CHAIN = Array.from({ length: COUNT }, (_, number) => ({
  ...{ msdyn_company: COMPANY, msdyn_warehouseidentifier: codeOf(number), msdyn_description: `Warehouse ${number}` },
  ...{ msdyn_operationalsite: 'S-1', msdyn_isrefilledfrommainwarehouse: number > 0 },
  ...(number === 0 ? {} : { msdyn_mainrefillingwarehouse: codeOf(number - 1) }),
}))

describe('Rows of a native table that refer to rows before them', () => {
  let importing: Importing
  beforeAll(async () => {
    importing = await openImporting()
    importing.worker()
    const { errors } = await importing.company.one(
      row('CREATE', 'Site', { company: COMPANY, code: 'S-1', name: 'Here' }),
    )
    expect(errors).toEqual([])
  }, 60_000)
  afterAll(() => importing[Symbol.asyncDispose]())

  it('are written after those, and taken back before them', async () => {
    const id = await importing.create({ target: WAREHOUSES, operation: 'CREATE' }, CHAIN)
    expect(await importing.ended(id)).toMatchObject({ phase: { state: 'COMPLETED' } })
    const undo = await importing.create(undoDefinition(await importing.job(id), { idempotencyKey: null, actor: 'ada' }))
    expect(await importing.ended(undo)).toMatchObject({ phase: { state: 'COMPLETED' } })
    expect(await importing.company.holds('ERP', 'Warehouses')).toEqual([])
  })
})
