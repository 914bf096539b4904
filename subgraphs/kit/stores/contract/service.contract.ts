/** What a store owes whoever runs it: fresh reads, number sequences, its description, its counts, an orderly end. */

import { describe, expect, it } from 'vitest'
import { customer, freshStore, type Open } from './opened.contract.ts'
import { request, transactionId } from './system.contract.ts'

export function serviceContract(open: Open): void {
  const on = freshStore(open)

  it('sees every commit that was answered', async () => {
    for (let round = 0; round < 20; round += 1) {
      await on.prepare(request(`r${round}`, [customer(`R${round}`)]))
      await on.commit(`r${round}`)
      expect(await on.row('customers', 'usmf', `R${round}`)).not.toBeNull()
    }
  })

  describe('a number sequence', () => {
    it('gives blocks that follow one another, also after a restart', async () => {
      expect(
        await Promise.all(
          on.store.draw([
            { sequence: 'a', count: 3 },
            { sequence: 'b', count: 1 },
          ]),
        ),
      ).toEqual([1, 1])
      await on.reopen()
      expect(
        await Promise.all(
          on.store.draw([
            { sequence: 'a', count: 1 },
            { sequence: 'a', count: 2 },
          ]),
        ),
      ).toEqual([4, 5])
    })

    it('rejects a block of no numbers', async () => {
      await expect(Promise.all(on.store.draw([{ sequence: 'a', count: 0 }]))).rejects.toThrow()
    })
  })

  it('describes its system', async () => {
    const { system, tables } = await on.store.describe()
    expect([system, tables.map(({ table }) => table)]).toEqual([
      'ERP',
      ['companies', 'groups', 'customers', 'payments', 'currencies', 'orders', 'lines'],
    ])
  })

  it('counts what it did since it was opened', async () => {
    await on.reopen()
    await on.prepare(request('t1', [customer('C1')]), request('t2', [customer('C2')]))
    await on.commit('t1')
    const { forces, ...statistics } = await on.store.statistics()
    expect(statistics).toEqual({ prepared: 2, committed: 1, lastCommitted: transactionId('t1') })
    expect(forces).toBe(2)
  })

  it('finishes what was accepted before it closes, and takes nothing after', async () => {
    const accepted = on.prepare(request('t1', [customer('C1')]))
    await on.store.close()
    expect(await accepted).toEqual([{ vote: 'YES', state: 'PREPARED' }])
    await expect(on.prepare(request('t2', [customer('C2')]))).rejects.toThrow()
    await expect(on.store.count({ table: 'customers', where: null })).rejects.toThrow()
  })
}
