/** The outbox: what a store has committed, in the order of its commits, and how those hear of it who wait for more. */

import { describe, expect, it } from 'vitest'
import { codes, customer, freshStore, type Open } from './opened.contract.ts'
import { remove, request, transactionId, update, version } from './system.contract.ts'

export function outboxContract(open: Open): void {
  const on = freshStore(open)
  const after = (sequence: number, limit = 100, bytesMax = 1_000_000) =>
    on.store.look({ by: 'COMMITTED_AFTER', sequence, limit, bytesMax })
  const listed = async (sequence: number, limit?: number, bytesMax?: number) =>
    (await after(sequence, limit, bytesMax)).map((row) => `${row.sequence} ${row.id}`)

  it('lists commits in their order, which is not that of their prepares', async () => {
    await on.prepare(...['t1', 't2', 't3'].map((id) => request(id, [customer(id)])))
    await on.commit('t3')
    await on.write('alone', customer('C9'))
    await on.commit('t1')
    expect(await listed(0)).toEqual(['1 seed', '2 t3', '3 alone', '4 t1'])
    await on.commit('t2')
    await on.reopen()
    await on.write('later', customer('C8'))
    expect(await listed(3)).toEqual(['4 t1', '5 t2', '6 later'])
  })

  it('lists nothing that is prepared, aborted or refused', async () => {
    const [, refused] = await on.prepare(
      request('prepared', [customer('C1')]),
      request('refused', [customer('C2', { group: 'none' })]),
      request('aborted', [customer('C3')]),
    )
    expect(codes(refused)).toEqual(['REFERENCE'])
    await Promise.all(on.store.abort([transactionId('aborted')]))
    expect(await listed(0)).toEqual(['1 seed'])
    expect(await listed(1)).toEqual([])
  })

  it('goes on after any sequence, page by page', async () => {
    for (const id of ['t1', 't2', 't3']) await on.write(id, customer(id))
    expect(await listed(0, 2)).toEqual(['1 seed', '2 t1'])
    expect(await listed(2, 2)).toEqual(['3 t2', '4 t3'])
    expect(await listed(4, 2)).toEqual([])
  })

  it('gives less at once where the writes are long, and one that is too long alone', async () => {
    for (const id of ['t1', 't2', 't3']) await on.write(id, customer(id, { name: 'Wörner & Söhne' }))
    const lengths = (await after(1)).map(({ writes }) => Buffer.byteLength(JSON.stringify(writes)))
    const [one = 0, two = 0] = lengths
    expect(await listed(1, 100, one + two)).toEqual(['2 t1', '3 t2'])
    expect(await listed(1, 100, one + two - 1)).toEqual(['2 t1'])
    expect(await listed(1, 100, 1)).toEqual(['2 t1'])
    expect(await listed(4, 100, 1)).toEqual([])
  })

  it('tells its last commit without what that wrote, however many there are', async () => {
    const last = async () =>
      (await on.store.look({ by: 'LAST_COMMITTED' })).map(({ id, sequence, writes }) => ({ id, sequence, writes }))
    expect(await last()).toEqual([{ id: 'seed', sequence: 1, writes: [] }])
    await on.prepare(...['t1', 't2'].map((id) => request(id, [customer(id)])))
    await on.commit('t2')
    expect(await last()).toEqual([{ id: 't2', sequence: 2, writes: [] }])
    await on.commit('t1')
    expect(await last()).toEqual([{ id: 't1', sequence: 3, writes: [] }])
  })

  it('has whole records on both sides of every write', async () => {
    await on.write('made', customer('C1', { email: 'a@b.c' }))
    await on.write('changed', update('customers', ['usmf', 'C1'], { name: 'Other' }, version(1, 'made')))
    await on.write('gone', remove('customers', ['usmf', 'C1'], version(2, 'changed')))
    const [made, changed, gone] = (await after(1)).map(({ writes }) => writes[0])
    expect(made).toMatchObject({
      before: null,
      after: { name: 'Customer C1', email: 'a@b.c', hold: 'No', visits: null },
    })
    expect(changed).toMatchObject({ before: made?.after, after: { ...made?.after, name: 'Other' }, revision: 2 })
    expect(gone).toMatchObject({ before: changed?.after, after: null, revision: 3 })
  })

  describe('tells those who listen', () => {
    it('of every commit as soon as it can be seen, whoever asked for it', async () => {
      const seen: Promise<readonly string[]>[] = []
      on.store.onCommit(() => seen.push(listed(1)))
      await on.write('alone', customer('C1'))
      await on.prepare(request('t1', [customer('C2')]))
      expect(await Promise.all(seen)).toEqual([['2 alone']])
      await on.commit('t1')
      expect((await Promise.all(seen)).at(-1)).toEqual(['2 alone', '3 t1'])
    })

    it('nothing of prepares, refusals and aborts', async () => {
      let heard = 0
      on.store.onCommit(() => {
        heard += 1
      })
      await on.prepare(request('t1', [customer('C1')]), request('t2', [customer('C2', { group: 'none' })]))
      await Promise.all(on.store.abort([transactionId('t1')]))
      expect(heard).toBe(0)
    })
  })
}
