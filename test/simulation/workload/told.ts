/** What a client is told of an operation, and what it may make of that. */

import type { Outcome } from '../../../gateway/coordinator/coordinator.ts'
import type { ViolationCode, WriteImage } from '../../../schema/participant.ts'
import type { RecordState, TransactionId } from '../../../schema/record.ts'

export type Told =
  /** `complete`: in every system, as it was told. */
  | {
      readonly told: 'COMMITTED'
      readonly id: TransactionId
      readonly complete: boolean
      readonly replayed: boolean
      readonly attempts: number
      readonly images: readonly WriteImage[]
    }
  /** Nothing was written; `id` is null where nothing was begun. */
  | {
      readonly told: 'REFUSED'
      readonly id: TransactionId | null
      readonly codes: readonly ViolationCode[]
      /** The same request will never be answered otherwise. */
      readonly isFinal: boolean
    }
  /** Nothing had to be written. */
  | { readonly told: 'UNCHANGED' }
  /** It may have taken effect, or may still. */
  | { readonly told: 'UNKNOWN'; readonly id: TransactionId | null; readonly codes: readonly ViolationCode[] }
  | { readonly told: 'READ'; readonly state: RecordState }

export const NOTHING_HEARD: Told = { told: 'UNKNOWN', id: null, codes: [] }

/** Under a key that others use as well, it may be another request that has not been begun. */
export function toldOf(outcome: Outcome, isKeyed: boolean): Told {
  if (outcome.outcome === 'UNCHANGED') return { told: 'UNCHANGED' }
  const codes = outcome.violations.map(({ code }) => code)
  if (outcome.outcome === 'NOT_STARTED') {
    return isKeyed ? { told: 'UNKNOWN', id: null, codes } : { told: 'REFUSED', id: null, codes, isFinal: false }
  }
  const { transaction, replayed } = outcome
  const { id } = transaction
  switch (transaction.state) {
    case 'COMMITTED':
    case 'COMMITTING': {
      const [leg] = transaction.legs
      return {
        ...{ told: 'COMMITTED', id, replayed, complete: transaction.state === 'COMMITTED' },
        ...{ attempts: leg?.attempts ?? 1, images: leg?.writes ?? [] },
      }
    }
    case 'REVERTED':
    case 'REVERTING': {
      // What was planned on an outdated record is planned anew.
      const isFinal = !codes.includes('STALE') && outcome.violations.some(({ retryable }) => !retryable)
      return { told: 'REFUSED', id, codes, isFinal }
    }
    case 'PREPARING':
    case 'PENDING':
      return { told: 'UNKNOWN', id, codes }
  }
}

/** As it is told in a trace. */
export function textOf(told: Told): string {
  switch (told.told) {
    case 'COMMITTED':
      return `that ${told.id} is committed${told.complete ? '' : ', though not everywhere yet'}`
    case 'REFUSED':
      return `that ${told.id ?? 'what it asked for'} is refused (${told.codes.join(', ')})`
    case 'UNKNOWN':
      return told.id === null ? ['nothing', ...told.codes].join(' ') : `that ${told.id} is not decided`
    case 'UNCHANGED':
      return 'that nothing is to be changed'
    case 'READ':
      return JSON.stringify(told.state.row)
  }
}
