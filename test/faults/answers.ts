/** What clients may conclude from what they were answered. */

import type { Request } from './requests.ts'

export type Told =
  /** In effect everywhere; `revision` as the answer said it, null where it does not. */
  | { readonly told: 'COMMITTED'; readonly transaction: string; readonly revision: number | null }
  /** Will be in effect, and may not be yet. */
  | { readonly told: 'COMMITTING'; readonly transaction: string }
  /** Nothing came of this request, and nothing will. `isFinal`: nor of any other under its key. */
  | { readonly told: 'REFUSED'; readonly transaction: string | null; readonly isFinal: boolean }
  | { readonly told: 'UNKNOWN' }

/** A record without a memo is none. */
export interface Found {
  readonly memo: string | null
  readonly revision: number | null
}

interface Payload {
  readonly transaction: {
    readonly id: string
    readonly state: string
    readonly legs?: readonly { readonly writes: readonly { readonly revision: number }[] }[]
  } | null
  readonly errors: readonly { readonly code: string; readonly message: string; readonly retryable: boolean }[]
}

interface Body {
  readonly data?: { readonly payload?: Payload | null; readonly record?: Found | null } | null
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
}

export type Answer =
  | { readonly answer: 'BODY'; readonly status: number; readonly body: Body }
  /** No connection was made. */
  | { readonly answer: 'NOT_SENT' }
  /** The connection broke, or the time was over. */
  | { readonly answer: 'LOST' }

export async function send(url: string, { path, body }: Request, timeoutMs: number): Promise<Answer> {
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    })
    return { answer: 'BODY', status: response.status, body: (await response.json()) as Body }
  } catch (error) {
    return { answer: isRefusedConnection(error) ? 'NOT_SENT' : 'LOST' }
  }
}

function isRefusedConnection(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED'
}

export const UNKNOWN: Told = { told: 'UNKNOWN' }

export function toldBy(answer: Answer): Told {
  if (answer.answer === 'NOT_SENT') return { told: 'REFUSED', transaction: null, isFinal: false }
  if (answer.answer === 'LOST') return UNKNOWN
  // A server that takes no requests has begun nothing.
  if (answer.status === 503) return { told: 'REFUSED', transaction: null, isFinal: false }
  const payload = answer.body.data?.payload ?? null
  return payload === null ? UNKNOWN : toldByPayload(payload)
}

function toldByPayload({ transaction, errors }: Payload): Told {
  const isFinal = errors.length > 0 && errors.every(({ retryable }) => !retryable)
  if (transaction === null) {
    const isOpen = errors.length === 0 || errors.some(({ code }) => code === 'TIMEOUT')
    return isOpen ? UNKNOWN : { told: 'REFUSED', transaction: null, isFinal }
  }
  switch (transaction.state) {
    case 'COMMITTED':
      return { told: 'COMMITTED', transaction: transaction.id, revision: revisionIn(transaction.legs) }
    case 'COMMITTING':
      return { told: 'COMMITTING', transaction: transaction.id }
    case 'REVERTED':
    case 'REVERTING':
      return { told: 'REFUSED', transaction: transaction.id, isFinal }
    default:
      return UNKNOWN
  }
}

function revisionIn(legs: NonNullable<Payload['transaction']>['legs']): number | null {
  return legs?.[0]?.writes[0]?.revision ?? null
}

/** Null: the read was not answered. */
export function foundBy(answer: Answer): Found | null {
  if (answer.answer !== 'BODY') return null
  const record = answer.body.errors === undefined ? answer.body.data?.record : undefined
  return record === undefined ? null : (record ?? { memo: null, revision: null })
}

/** What may be refused while processes come and go and clients race each other. */
const EXPECTED = new Set(['SYSTEM_UNAVAILABLE', 'TIMEOUT', 'LOCKED', 'STALE', 'NOT_FOUND', 'DUPLICATE', 'OVERLOADED'])

/** Codes in the answer that no fault excuses. */
export function surprisesIn(answer: Answer): readonly string[] {
  if (answer.answer !== 'BODY') return []
  const top = answer.body.errors ?? []
  const refusals = answer.body.data?.payload?.errors ?? []
  return [
    ...top.map(({ extensions }) => extensions?.code ?? 'NO_CODE').filter((code) => !EXPECTED.has(code)),
    ...refusals.filter(({ code }) => !EXPECTED.has(code)).map(({ code, message }) => `${code}: ${message}`),
  ]
}
