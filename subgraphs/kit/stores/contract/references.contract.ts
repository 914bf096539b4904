/** A column that names a record of one table or of another, as a second column tells. */

import { beforeEach, expect, it } from 'vitest'
import type { Write } from '../../../../schema/participant.ts'
import type { Row } from '../../../../schema/record.ts'
import { codes, customer, freshStore, type Open, order, PREPARED, SEED } from './opened.contract.ts'
import { create, remove, request, transactionId, update, version } from './system.contract.ts'

const ofCustomer = { buyer: 'C1', buyerType: 'Customer' }
const ofGroup = { buyer: 'A', buyerType: 'Group' }

export function referencesContract(open: Open): void {
  const on = freshStore(open)
  const refusal = async (...writes: readonly Write[]) => {
    const [vote] = await on.prepare(request('refused', writes))
    return vote?.vote === 'NO' ? vote.violations : vote
  }
  beforeEach(() => on.write('before', create('currencies', ['EUR']), customer('C1')))

  it.each([
    ['a customer', ofCustomer],
    ['a group', ofGroup],
    ['nobody', {}],
    ['nobody, whatever would tell the table', { buyerType: 'Group' }],
  ])('may name %s', async (_, set: Row) => {
    await on.write('t1', order('O1', set))
    expect(await on.row('orders', 'usmf', 'O1')).toMatchObject(set)
  })

  it.each([
    ['a customer that is only a group', { buyer: 'A', buyerType: 'Customer' }, 'buyer'],
    ['a group that is only a customer', { buyer: 'C1', buyerType: 'Group' }, 'buyer'],
    ['a record without telling of which table', { buyer: 'C1' }, 'buyerType'],
  ])('may not name %s', async (_, set: Row, column) => {
    expect(await refusal(order('O1', set))).toMatchObject([{ code: 'REFERENCE', column }])
  })

  it('is judged anew where the other column alone changes', async () => {
    await on.write('t1', order('O1', ofCustomer))
    const changed = (set: Row) => update('orders', ['usmf', 'O1'], set, version(1, 't1'))
    expect(await refusal(changed({ buyerType: 'Group' }))).toMatchObject([{ code: 'REFERENCE', column: 'buyer' }])
    expect(await on.prepare(request('t2', [changed({ buyerType: null })]))).toMatchObject([
      { vote: 'NO', violations: [{ code: 'REFERENCE', column: 'buyerType' }] },
    ])
    await on.write('t3', changed(ofGroup))
    expect(await on.row('orders', 'usmf', 'O1')).toMatchObject(ofGroup)
  })

  it('keeps the record that it names, and no other of the same key', async () => {
    const named = create('groups', ['usmf', 'C1'])
    await on.write('t1', named, order('O1', ofCustomer), order('O2', ofGroup))
    const [violation] = (await refusal(remove('customers', ['usmf', 'C1'], version(1, 'before')))) as never[]
    expect(violation).toMatchObject({
      code: 'REFERENCE',
      message: 'orders ["usmf","O1"] refers to this record in buyer',
    })
    await on.write('t2', remove('groups', ['usmf', 'C1'], version(1, 't1')))
    await on.write(
      't3',
      remove('customers', ['usmf', 'C1'], version(1, 'before')),
      remove('orders', ['usmf', 'O1'], version(1, 't1')),
    )
    const [kept] = await on.prepare(request('t4', [remove('groups', ['usmf', 'A'], SEED)]))
    expect(codes(kept)).toEqual(['REFERENCE'])
  })

  it('excludes a delete of what it newly names, and of nothing else', async () => {
    await on.write('t1', create('groups', ['usmf', 'C1']))
    await on.prepare(request('t2', [order('O1', ofCustomer)]))
    const [vote] = await on.prepare(request('t3', [remove('customers', ['usmf', 'C1'], version(1, 'before'))]))
    expect(codes(vote)).toEqual(['LOCKED'])
    expect(await on.prepare(request('t4', [remove('groups', ['usmf', 'C1'], version(1, 't1'))]))).toEqual([PREPARED])
    await Promise.all(on.store.abort([transactionId('t4')]))
  })
}
