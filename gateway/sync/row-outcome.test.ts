import { describe, expect, it } from 'vitest'
import type { WriteImage } from '../../schema/participant.ts'
import { NEVER_WRITTEN, type Row, type System, type TransactionId } from '../../schema/record.ts'
import { recordKey } from '../../schema/record-key.ts'
import { idOf } from './key.ts'
import { outcomeOfWritten, type RowImage } from './row-outcome.ts'
import { SHIPPED, shippedMap } from './shipped.fixture.ts'

const map = shippedMap('SalesOrder')
const parts = SHIPPED.partsOf('SalesOrder')
const key = ['tst', 'SO-1']
const id = idOf(map, key)
const transaction = 'transaction' as TransactionId

function image(system: System, operation: WriteImage['operation'], before: Row | null, after: Row | null): RowImage {
  const base = { base: NEVER_WRITTEN, revision: 1 }
  const { table } = map.sides[system].table
  return { system, image: { operation, table, key: recordKey(key), before, after, ...base } }
}

const ofPart = (system: System): RowImage => {
  const table = parts[0]?.sides[system].table.table ?? ''
  const { image: own } = image(system, 'CREATE', null, {})
  return { system, image: { ...own, table, key: recordKey([...key, 1]) } }
}

const outcome = (...images: readonly RowImage[]) => outcomeOfWritten({ map, key, parts }, images, transaction)
const column = (field: string, system: System) => {
  const found = map.field.get(field)
  if (found?.kind !== 'mapped') throw new TypeError(`${field} is not mapped`)
  return found.columns[system]
}

describe('the outcome of a written row', () => {
  it('is unchanged where nothing was written', () => {
    expect(outcome()).toEqual({ outcome: 'UNCHANGED', id })
  })

  it('is created where neither system had the record', () => {
    expect(outcome(image('CRM', 'CREATE', null, {}), image('ERP', 'CREATE', null, {}))).toEqual({
      ...{ outcome: 'CREATED', id, transaction },
    })
  })

  it('is updated where one of the systems had it', () => {
    expect(outcome(image('CRM', 'CREATE', null, {}), image('ERP', 'UPDATE', {}, {}))).toMatchObject({
      outcome: 'UPDATED',
    })
  })

  it('is deleted where it was in one system alone, or in both', () => {
    expect(outcome(image('ERP', 'DELETE', {}, null))).toEqual({ outcome: 'DELETED', id, transaction })
  })

  it('names each changed field once, whether the record before is known or only what was set', () => {
    const [crm, erp] = [column('deliveryName', 'CRM'), column('deliveryName', 'ERP')]
    const known = outcome(
      image('CRM', 'UPDATE', { [crm]: 'a', other: 1 }, { [crm]: 'b', other: 1 }),
      image('ERP', 'UPDATE', { [erp]: 'a' }, { [erp]: 'b' }),
    )
    const set = outcome(image('CRM', 'UPDATE', null, { [crm]: 'b' }), image('ERP', 'UPDATE', null, { [erp]: 'b' }))
    expect(known).toEqual({ outcome: 'UPDATED', id, transaction, fields: ['deliveryName'] })
    expect(set).toEqual(known)
  })

  it('names the list of the parts that were written, also where the record itself stays as it was', () => {
    expect(outcome(ofPart('CRM'), ofPart('ERP'))).toEqual({ outcome: 'UPDATED', id, transaction, fields: ['lines'] })
  })

  it('has the key that was drawn, not the one that was given', () => {
    const drawn = outcomeOfWritten({ map, key: ['tst', null], parts }, [image('CRM', 'CREATE', null, {})], transaction)
    expect(drawn).toMatchObject({ id })
  })
})
