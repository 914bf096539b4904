/**
 * A system's subgraph in another process. Answers as the stock data source does, but what keeps a system from
 * answering is told as SYSTEM_UNAVAILABLE, and in full to the log alone. Only queries are sent, so they may be repeated.
 */

import type { GraphQLDataSource } from '@apollo/gateway'
import { GraphQLError } from 'graphql'
import { z } from 'zod'
import { type Peer, textOf } from '../../schema/process/http/peer.ts'
import type { Log } from '../../schema/process/log.ts'
import type { System } from '../../schema/record.ts'

type Fetch = Pick<Parameters<GraphQLDataSource['process']>[0], 'request'>
type Answer = Awaited<ReturnType<GraphQLDataSource['process']>>

export interface RemoteSubgraphOptions {
  readonly system: System
  readonly peer: Peer
  /** Over all tries. */
  readonly timeoutMs: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly pause: (ms: number) => Promise<unknown>
  readonly log: Log
}

/** Before each further try. */
const PAUSES_MS = [50, 200] as const
const ANSWER_BYTES_MAX = 64 * 1024 * 1024

/** A process that starts, drains or has no room, and what stands between and cannot reach it. */
const PASSING: ReadonlySet<number> = new Set([502, 503, 504])

const subgraphAnswer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        path: z.array(z.union([z.string(), z.number()])).optional(),
        extensions: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .optional(),
})

/** What failed may succeed a moment later. */
class Passing extends Error {}

export class RemoteSubgraph implements GraphQLDataSource {
  readonly #options: RemoteSubgraphOptions

  constructor(options: RemoteSubgraphOptions) {
    this.#options = options
  }

  async process({ request: { query, variables, operationName } }: Fetch): Promise<Answer> {
    const { system, log } = this.#options
    try {
      return await this.#ask(JSON.stringify({ query, variables, operationName }))
    } catch (error) {
      log.warn({ err: error, system }, 'a subgraph gave no answer')
      return { errors: [unavailable(system)] } as Answer
    }
  }

  async #ask(body: string): Promise<Answer> {
    const { timeoutMs, now, pause } = this.#options
    const until = now() + timeoutMs
    for (const pauseMs of PAUSES_MS) {
      try {
        return await this.#askOnce(body, until - now())
      } catch (error) {
        if (!(error instanceof Passing) || now() + pauseMs >= until) throw error
      }
      await pause(pauseMs)
    }
    return await this.#askOnce(body, until - now())
  }

  async #askOnce(body: string, timeoutMs: number): Promise<Answer> {
    const { system, peer } = this.#options
    const path = `/${system.toLowerCase()}/subgraph`
    const { status, text } = await received(peer, { path, body, timeoutMs })
    if (PASSING.has(status)) throw new Passing(`status ${status}`)
    if (status !== 200) throw new Error(`status ${status}`)
    const { data, errors } = subgraphAnswer.parse(JSON.parse(text))
    return { data, ...(errors === undefined ? {} : { errors: errors.map(errorOf) }) } as Answer
  }
}

/** A broken connection is a passing failure; one that took all the time is the last. */
async function received(peer: Peer, call: Parameters<Peer['post']>[0]) {
  try {
    const answer = await peer.post(call)
    return { status: answer.status, text: await textOf(answer, ANSWER_BYTES_MAX) }
  } catch (cause) {
    if (cause instanceof RangeError || (cause instanceof Error && cause.name === 'TimeoutError')) throw cause
    throw new Passing('the connection failed', { cause })
  }
}

type AnsweredError = NonNullable<z.output<typeof subgraphAnswer>['errors']>[number]

function errorOf({ message, path, extensions }: AnsweredError): GraphQLError {
  return new GraphQLError(message, { ...(path && { path }), ...(extensions && { extensions }) })
}

function unavailable(system: System): GraphQLError {
  const extensions = { code: 'SYSTEM_UNAVAILABLE', retryable: true }
  return new GraphQLError(`The ${system} does not answer. Try again.`, { extensions })
}
