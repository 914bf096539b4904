/** What a store's own thread and its workers say to each other. Many calls travel as one message, and many answers. */

import type { Answered, Posted } from '../numbered-calls.ts'

/** `OPEN` comes first, and once. */
export type ToWorker<Call> =
  | { readonly message: 'OPEN' }
  | { readonly message: 'CALLS'; readonly calls: readonly Posted<Call>[] }
  | { readonly message: 'CLOSE' }

export type FromWorker<Result> =
  | { readonly message: 'READY' }
  /** The store cannot be opened; `isUnfit` where its content is the reason. */
  | { readonly message: 'REFUSED'; readonly isUnfit: boolean; readonly cause: string }
  | { readonly message: 'ANSWERS'; readonly answers: readonly Answered<Result>[] }
