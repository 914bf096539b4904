/** What the thread of a change stream is asked and answers. Entries have numbers there, and changes are JSON texts. */

import type {
  AcquireAnswer,
  AcquireRequest,
  Append,
  AppendAnswer,
  Dropped,
  Lease,
  PageLimits,
  RelayState,
  Retention,
} from '../../changes/stream/stream.ts'

export interface StoredAppend extends Omit<Append, 'changes'> {
  readonly changes: readonly StoredChange[]
}

export interface StoredChange {
  readonly text: string
  /** Of the text in UTF-8. */
  readonly bytes: number
}

/** `newest` is the number of the stream's newest entry. */
export interface StoredAppended {
  readonly answer: AppendAnswer
  readonly newest: number
}

export interface StoredRead extends PageLimits {
  readonly from: 'OLDEST' | 'NEWEST' | number
}

/** The texts are of the entries that follow the one with number `after`, without a hole. */
export type StoredPage =
  | {
      readonly read: 'PAGE'
      readonly changes: readonly StoredChange[]
      readonly after: number
      readonly newest: number
    }
  | { readonly read: 'EXPIRED'; readonly dropped: number }
  | { readonly read: 'INVALID' }

export type ChangeCall =
  | { readonly call: 'NAME' }
  | { readonly call: 'RELAY' }
  | { readonly call: 'ACQUIRE'; readonly request: AcquireRequest }
  | { readonly call: 'RENEW'; readonly lease: Lease }
  | { readonly call: 'RELEASE'; readonly lease: Lease }
  | { readonly call: 'APPEND'; readonly append: StoredAppend }
  | { readonly call: 'READ'; readonly read: StoredRead }
  | { readonly call: 'NEWEST' }
  | { readonly call: 'DROP'; readonly retention: Retention }

export interface ChangeResults {
  readonly NAME: string
  readonly RELAY: RelayState
  readonly ACQUIRE: AcquireAnswer
  readonly RENEW: boolean
  readonly RELEASE: null
  readonly APPEND: StoredAppended
  readonly READ: StoredPage
  readonly NEWEST: number
  readonly DROP: Dropped
}
