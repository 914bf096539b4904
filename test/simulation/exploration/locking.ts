/** The participants' own lock table, put together anew from what a participant holds, and asked for one lock. */

import type { Age } from '../../../schema/participant.ts'
import type { TransactionId } from '../../../schema/record.ts'
import { type Lock, LockTable } from '../../../subgraphs/kit/participant/locks.ts'
import type { Behaviour, Holding } from './holding.ts'

export type Locking =
  | { readonly answer: 'GRANTED'; readonly displaced: readonly number[] }
  | { readonly answer: 'WAIT' | 'DIE' }

const LOCKS: readonly Lock[] = [{ resource: 'the record', mode: 'EXCLUSIVE', write: 0 }]

/** What the attempt is told that asks for the lock. */
export function askForLock({ promises }: Behaviour, holding: Holding, attempt: number): Locking {
  const asked = tableOf(holding).request(idOf(attempt), ageOf(attempt), LOCKS)
  if (asked.answer === 'GRANTED') return { answer: 'GRANTED', displaced: asked.displaced.map(attemptOf) }
  return { answer: promises.refusesTheYounger ? asked.answer : 'WAIT' }
}

/** Those who may ask again once the attempt frees the lock that it holds. */
export function freeLock({ promises }: Behaviour, holding: Holding, attempt: number): readonly number[] {
  const awakened = tableOf(holding).release(idOf(attempt)).map(attemptOf)
  return promises.refusesTheYounger ? awakened : holding.waiting
}

function tableOf({ current, waiting }: Holding): LockTable {
  const table = new LockTable()
  for (const row of current) {
    if (row?.state === 'PREPARED') table.restore(idOf(row.attempt), ageOf(row.attempt), LOCKS)
  }
  for (const attempt of waiting) table.request(idOf(attempt), ageOf(attempt), LOCKS)
  return table
}

function idOf(attempt: number): TransactionId {
  return `${attempt}` as TransactionId
}

function attemptOf(id: TransactionId): number {
  return Number(id)
}

function ageOf(attempt: number): Age {
  return { at: attempt, id: idOf(attempt) }
}
