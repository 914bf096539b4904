/** Calls to another process of Lockstep: kept connections, the service token, and an end to every wait. */

import { Pool } from 'undici'

/** Calls under way at once on connections of their own; more wait for one. */
const CONNECTIONS_MAX = 64

/** Less than a server waits before it closes a connection that nobody uses. */
const IDLE_MS_MAX = 30_000

/** Longest wait for a new connection: one that takes longer is not made. */
const CONNECT_MS_MAX = 2_000

export interface PeerAnswer {
  readonly status: number
  readonly body: AsyncIterable<Uint8Array>
}

export interface PeerCall {
  readonly path: string
  /** JSON. */
  readonly body: string
  /** From now to the end of the answer. */
  readonly timeoutMs: number
  readonly headers?: Readonly<Record<string, string>>
}

export interface Peer {
  /** Never repeats a call. Rejects with {@link NotReached} where no part of the call can have reached the other process. */
  post(call: PeerCall): Promise<PeerAnswer>
  /** Gives up what is under way. */
  close(): Promise<void>
}

/** There was no connection to send the call on: nothing can have been begun. */
export class NotReached extends Error {
  constructor(origin: string, cause: unknown) {
    super(`${origin} cannot be reached`, { cause })
    this.name = 'NotReached'
  }
}

export function connectTo(origin: string, token: string): Peer {
  const pool = new Pool(origin, {
    connections: CONNECTIONS_MAX,
    keepAliveTimeout: IDLE_MS_MAX,
    connect: { timeout: CONNECT_MS_MAX },
    // Each call has a limit for all of it.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return {
    async post({ path, body, timeoutMs, headers: more }) {
      const signal = AbortSignal.timeout(timeoutMs)
      try {
        const answer = await pool.request({ method: 'POST', path, body, headers: { ...headers, ...more }, signal })
        return { status: answer.statusCode, body: answer.body }
      } catch (error) {
        throw isConnecting(error) ? new NotReached(origin, error) : error
      }
    },
    close: () => pool.destroy(),
  }
}

const BEFORE_A_CONNECTION = new Set(['connect', 'getaddrinfo'])

/** A host of several addresses fails with the failures of each. */
function isConnecting(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isConnecting)
  if (!(error instanceof Error)) return false
  if ('code' in error && error.code === 'UND_ERR_CONNECT_TIMEOUT') return true
  return 'syscall' in error && typeof error.syscall === 'string' && BEFORE_A_CONNECTION.has(error.syscall)
}

/** Rejects for a body that is longer than `bytesMax`. */
export async function textOf({ body }: PeerAnswer, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > bytesMax) throw new RangeError(`the answer is longer than ${bytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

const NEWLINE = 0x0a

/** The complete lines of a body, each as soon as it has come. Rejects for one that is longer than `bytesMax`. */
export async function* linesOf({ body }: PeerAnswer, bytesMax: number): AsyncGenerator<string> {
  let begun: Uint8Array[] = []
  let bytes = 0
  const add = (part: Uint8Array) => {
    bytes += part.length
    if (bytes > bytesMax) throw new RangeError(`a line of the answer is longer than ${bytesMax} bytes`)
    begun.push(part)
  }
  for await (const chunk of body) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end))
      yield Buffer.concat(begun).toString()
      begun = []
      bytes = 0
      from = end + 1
    }
    add(chunk.subarray(from))
  }
}
