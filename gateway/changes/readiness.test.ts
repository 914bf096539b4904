import { describe, expect, it } from 'vitest'
import type { TransactionId } from '../../schema/record.ts'
import { changeDependency } from './readiness.ts'
import { OutOfOrder } from './relay/disorder.ts'
import { commit } from './relay/merge.fixture.ts'
import { UNTOUCHED } from './stream/lease.ts'

describe('A process is ready as far as changes go', () => {
  const answering = { relay: async () => UNTOUCHED }
  const moving = { standsBefore: () => null, disorder: () => null }

  it('while the stream answers and moves', async () => {
    expect(await changeDependency(answering, moving).check()).toBeNull()
  })

  it('not while the stream stands still before a transaction, which is named', async () => {
    const stuck = { ...moving, standsBefore: () => 't7' as TransactionId }
    expect(await changeDependency(answering, stuck).check()).toBe('stands still before the transaction t7: see the log')
  })

  it('not while a system gives its commits out of order, and it is told which, and what to do', async () => {
    const { row } = commit('CRM', 5, 't7', { CRM: [] })
    const stuck = { ...moving, disorder: () => new OutOfOrder('CRM', row, 9) }
    expect(await changeDependency(answering, stuck).check()).toBe(
      'stands still because the outbox of the CRM is out of order: the transaction t7 is number 5 after 9: ' +
        'check the store of the CRM, or restore it, and it goes on',
    )
  })

  it('not while the stream does not answer', async () => {
    const silent = { relay: () => Promise.reject(new Error('no answer')) }
    await expect(changeDependency(silent, moving).check()).rejects.toThrow('no answer')
  })
})
