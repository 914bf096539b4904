/**
 * Calls of the participant protocol to a system in another process. What is not clearly an answer is none: a promise
 * rejects where the connection breaks, the time is over, or what comes back is malformed. Nothing is ever sent twice:
 * the coordinator repeats what must be repeated.
 */

import type { z } from 'zod'
import { ANSWERS, type Answers, answerLine } from '../../schema/participant-answer.ts'
import { TABLES_HEADER } from '../../schema/participant-message.ts'
import { linesOf, type Peer, type PeerAnswer } from '../../schema/process/http/peer.ts'
import type { System } from '../../schema/record.ts'
import { batchesOf } from './vectors.ts'

/** The outcome at the system is not known. `status` is what it said instead of an answer, if it did. */
export class NoAnswer extends Error {
  readonly status: number | null

  constructor(system: System, reason: string, { status, cause }: { status?: number; cause?: unknown } = {}) {
    super(`the ${system} gave no answer: ${reason}`, { cause })
    this.name = 'NoAnswer'
    this.status = status ?? null
  }
}

type Name = keyof Answers

export interface CallsOptions {
  readonly system: System
  readonly peer: Peer
  /** Digest of the tables that this gateway was built for. */
  readonly tables: string
}

export interface Calls {
  /** Sends a vector and settles each element as its answer comes. */
  ask<Call extends Name>(call: Call, vector: readonly unknown[], timeoutMs: number): readonly Promise<Answers[Call]>[]
  /** Sends what has one answer for all of it. */
  askOnce<Call extends Name>(call: Call, argument: unknown, timeoutMs: number): Promise<Answers[Call]>
}

/** Half of what a system takes: texts count in characters here and in bytes there. */
const MESSAGE_CHARACTERS_MAX = 16 * 1024 * 1024
const LINE_BYTES_MAX = 64 * 1024 * 1024

export function callsTo({ system, peer, tables }: CallsOptions): Calls {
  const path = `/${system.toLowerCase()}/participant`
  const headers = { [TABLES_HEADER]: tables }

  /** One message, and the promises that its answer settles; whatever it leaves open is rejected. */
  async function exchange<Call extends Name>(
    call: Call,
    body: string,
    timeoutMs: number,
    waiting: readonly PromiseWithResolvers<Answers[Call]>[],
  ): Promise<void> {
    const rejectAll = (error: NoAnswer) => {
      for (const { reject } of waiting) reject(error)
    }
    try {
      const answer = await peer.post({ path, body, timeoutMs, headers })
      if (answer.status !== 200) {
        throw new NoAnswer(system, `status ${answer.status}`, { status: answer.status })
      }
      await settle(call, answer, waiting)
      rejectAll(new NoAnswer(system, 'its answer ended early'))
    } catch (error) {
      rejectAll(error instanceof NoAnswer ? error : new NoAnswer(system, 'the exchange failed', { cause: error }))
    }
  }

  async function settle<Call extends Name>(
    call: Call,
    answer: PeerAnswer,
    waiting: readonly PromiseWithResolvers<Answers[Call]>[],
  ): Promise<void> {
    const schema = ANSWERS[call]
    for await (const text of linesOf(answer, LINE_BYTES_MAX)) {
      const line = answerLine.parse(JSON.parse(text))
      const asked = waiting[line.index]
      if (asked === undefined) throw new NoAnswer(system, 'it answered what was not asked')
      if ('error' in line) asked.reject(new NoAnswer(system, 'it could not tell'))
      else settleOne(asked, schema.safeParse(line.ok))
    }
  }

  function settleOne<T>(asked: PromiseWithResolvers<T>, answer: z.ZodSafeParseResult<T>): void {
    if (answer.success) asked.resolve(answer.data)
    else asked.reject(new NoAnswer(system, 'its answer is malformed', { cause: answer.error }))
  }

  return {
    ask<Call extends Name>(call: Call, vector: readonly unknown[], timeoutMs: number) {
      const waiting = vector.map(() => Promise.withResolvers<Answers[Call]>())
      const elements = vector.map((element) => JSON.stringify(element))
      for (const { from, elements: some } of batchesOf(elements, MESSAGE_CHARACTERS_MAX)) {
        const body = `{"call":${JSON.stringify(call)},"arguments":[${some.join(',')}]}`
        void exchange(call, body, timeoutMs, waiting.slice(from, from + some.length))
      }
      return waiting.map(({ promise }) => promise)
    },
    async askOnce<Call extends Name>(call: Call, argument: unknown, timeoutMs: number) {
      const waiting = Promise.withResolvers<Answers[Call]>()
      await exchange(call, JSON.stringify({ call, arguments: argument }), timeoutMs, [waiting])
      return waiting.promise
    },
  }
}
