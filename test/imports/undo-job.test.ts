import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { undoDefinition } from '../../gateway/imports/api/undo.ts'
import type { JobId } from '../../gateway/imports/job/job.ts'
import type { RecordObject } from '../../gateway/imports/source/source.ts'
import { encodeId } from '../../maps/identity.ts'
import { COMPANY, row } from '../rows/company.ts'
import { type Importing, numbered, openImporting } from './importing.ts'

const NUMBERS = numbered('U', 60)
const customers = (phone: string): readonly RecordObject[] =>
  NUMBERS.map((number) => ({ company: COMPANY, number, name: number, group: 'TRADE', currency: 'USD', phone }))

describe('An import that is taken back', () => {
  let importing: Importing
  beforeAll(async () => {
    importing = await openImporting()
    importing.worker()
  }, 60_000)
  afterAll(() => importing[Symbol.asyncDispose]())

  const undo = async (id: JobId) => {
    const definition = undoDefinition(await importing.job(id), { idempotencyKey: null, actor: 'ada' })
    return importing.ended(await importing.create(definition))
  }
  const held = async () => {
    const tables = ['accounts', 'CustomersV3'] as const
    const [crm, erp] = await Promise.all([
      importing.company.holds('CRM', tables[0]),
      importing.company.holds('ERP', tables[1]),
    ])
    return [crm, erp].map((records) => records.map((record) => ({ ...(record as object), revision: null })))
  }

  it('gives back what it changed, and then what it made', async () => {
    const nothing = await held()
    const made = await importing.ended(await importing.create({}, customers('1')))
    expect(made.outcomes).toMatchObject({ CREATED: 60 })
    const before = await held()
    const changed = await importing.ended(await importing.create({}, customers('2')))
    expect(changed.outcomes).toMatchObject({ UPDATED: 60 })

    const undone = await undo(changed.id)
    expect(undone).toMatchObject({ phase: { state: 'COMPLETED' }, rows: 60, outcomes: { UPDATED: 60 } })
    expect(await held()).toEqual(before)
    // The undo is a write of its own, so what was made is not as it was made any more.
    expect((await undo(made.id)).outcomes).toMatchObject({ FAILED: 60 })

    const redone = await undo(undone.id)
    expect(redone.outcomes).toMatchObject({ UPDATED: 60 })
    const cleared = await importing.ended(
      await importing.create(
        { operation: 'DELETE' },
        NUMBERS.map((number) => ({ company: COMPANY, number })),
      ),
    )
    expect(cleared.outcomes).toMatchObject({ DELETED: 60 })
    expect(await held()).toEqual(nothing)
    expect((await undo(cleared.id)).outcomes).toMatchObject({ CREATED: 60 })
  })

  it('lists the records that somebody has written since, and leaves them as they are', async () => {
    const changed = await importing.ended(await importing.create({}, customers('3')))
    const id = encodeId('Customer', [COMPANY, NUMBERS[7] ?? ''])
    await importing.company.one(row('UPDATE', 'Customer', { phone: 'kept' }, id))
    const undone = await undo(changed.id)
    expect(undone).toMatchObject({
      phase: { state: 'COMPLETED_WITH_FAILURES' },
      outcomes: { UPDATED: 59, FAILED: 1 },
      failures: { groups: [{ code: 'CHANGED_SINCE', rows: 1 }] },
    })
    const [failure] = (await importing.outcomes(undone.id)).filter(({ outcome }) => outcome === 'FAILED')
    expect(failure).toMatchObject({ row: 53, uploaded: { record: { id, row: 8, outcome: 'UPDATED' } } })
  })
})
