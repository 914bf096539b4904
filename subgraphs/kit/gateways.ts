/**
 * How a native write leaves a system in a process of its own: `POST /internal/submit` to a gateway. The gateways are
 * tried in turn only as long as nothing can have been begun; an answer that was lost is said to be unknown.
 */

import { z } from 'zod'
import type { NativeOutcome, NativeWrite, Submit } from '../../schema/native-write.ts'
import { nativeOutcomeMessage } from '../../schema/native-write-message.ts'
import { NotReached, type Peer, textOf } from '../../schema/process/http/peer.ts'

export interface GatewaysOptions {
  /** In the order in which they are tried. */
  readonly gateways: readonly Peer[]
  /** What a gateway gives a write that brings no time of its own. */
  readonly timeoutDefaultMs: number
  /** Hears why a gateway gave no answer. */
  readonly onError: (error: unknown, message: string) => void
}

/** A gateway that refuses at the deadline needs a moment to say so. */
const AFTER_DEADLINE_MS = 1_000
const ANSWER_BYTES_MAX = 64 * 1024 * 1024

/** What a gateway itself says before it begins anything; whatever stands between may only look like it. */
const refusal = z.object({ errors: z.tuple([z.object({ extensions: z.object({ code: z.string() }) })]) })

/** What a gateway answers before it begins anything, by status and code. */
const REFUSALS: ReadonlySet<string> = new Set([
  '400 BAD_REQUEST',
  '401 UNAUTHENTICATED',
  '404 NOT_FOUND',
  '413 PAYLOAD_TOO_LARGE',
  '503 OVERLOADED',
  '503 SYSTEM_UNAVAILABLE',
])

function refusalIn(status: number, text: string): string | null {
  const { data } = z.string().transform(parsed).pipe(refusal).safeParse(text)
  const code = data?.errors[0].extensions.code ?? ''
  return REFUSALS.has(`${status} ${code}`) ? code : null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Rejects where no gateway could be reached, or each refused to begin. */
export function submitToGateways({ gateways, timeoutDefaultMs, onError }: GatewaysOptions): Submit {
  return async (write) => {
    const body = JSON.stringify(write)
    const timeoutMs = (write.options.timeoutMs ?? timeoutDefaultMs) + AFTER_DEADLINE_MS
    for (const gateway of gateways) {
      try {
        const answer = await gateway.post({ path: '/internal/submit', body, timeoutMs })
        const text = await textOf(answer, ANSWER_BYTES_MAX)
        if (answer.status === 200) return nativeOutcomeMessage.parse(JSON.parse(text))
        const code = refusalIn(answer.status, text)
        if (code === null) throw new Error(`status ${answer.status}`)
        onError(new Error(code), 'a gateway refused to take a native write')
      } catch (error) {
        if (!(error instanceof NotReached)) return unknown(error, write)
        onError(error, 'a gateway could not be reached for a native write')
      }
    }
    throw new Error('no gateway takes native writes')
  }

  function unknown(error: unknown, write: NativeWrite): NativeOutcome {
    onError(error, 'a gateway gave no answer to a native write')
    const { system, table, key, options } = write
    const message = 'The gateway did not answer; the write may still take effect'
    // Under its key a repeat finds out; without one it might write twice.
    const retryable = options.idempotencyKey !== null
    return {
      key,
      transaction: null,
      errors: [{ code: 'TIMEOUT', message, path: [], system, table, column: null, retryable }],
    }
  }
}
