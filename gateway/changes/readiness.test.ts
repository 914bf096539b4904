import { describe, expect, it } from 'vitest'
import type { TransactionId } from '../../schema/participant.ts'
import { changeDependency } from './readiness.ts'
import { UNTOUCHED } from './stream/lease.ts'

describe('A process is ready as far as changes go', () => {
  const answering = { relay: async () => UNTOUCHED }
  const moving = { standsBefore: () => null }

  it('while the stream answers and moves', async () => {
    expect(await changeDependency(answering, moving).check()).toBeNull()
  })

  it('not while the stream stands still before a transaction, which is named', async () => {
    const stuck = { standsBefore: () => 't7' as TransactionId }
    expect(await changeDependency(answering, stuck).check()).toBe('stands still before the transaction t7: see the log')
  })

  it('not while the stream does not answer', async () => {
    const silent = { relay: () => Promise.reject(new Error('no answer')) }
    await expect(changeDependency(silent, moving).check()).rejects.toThrow('no answer')
  })
})
