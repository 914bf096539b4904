/** What every transport runs operations through: one result for a query or a mutation, a stream of them for a subscription. */

import type { ExecutionResult } from 'graphql'

export interface OperationRequest {
  readonly query: string
  readonly operationName: string | null
  readonly variables: Readonly<Record<string, unknown>>
  readonly extensions: Readonly<Record<string, unknown>>
}

export interface Caller {
  readonly actor: string | null
  /** Of a client that was cut off and comes back: resumes there, instead of where the operation's arguments say. */
  readonly resumeAfter: string | null
}

/** Formatted and masked: nothing in it needs to be kept from the caller. */
export type OperationResult = ExecutionResult

export interface StreamedResult {
  readonly result: OperationResult
  /** Where a client that has got this result would go on; null where there is nothing to resume. */
  readonly cursor: string | null
}

export type Operation =
  /** The operation was not begun: it does not parse, is not valid, or is not allowed. */
  | { readonly operation: 'REFUSED'; readonly errors: NonNullable<OperationResult['errors']> }
  | { readonly operation: 'DONE'; readonly result: OperationResult }
  /**
   * Pulled by its reader and ended by the signal. Never rejects: what ends it from inside is a last result with `errors`
   * whose `extensions.code` says why, and `extensions.cursor`, where there is one, where to go on.
   */
  | { readonly operation: 'STREAM'; readonly results: AsyncIterable<StreamedResult> }

export interface Operations {
  run(request: OperationRequest, caller: Caller, signal: AbortSignal): Promise<Operation>
}
