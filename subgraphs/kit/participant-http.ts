/**
 * The participant protocol over HTTP: `POST /participant` with one call, answered by a JSON array with one element for
 * each element of the call's vector (a single one for `look`, `read`, `select` and `describe`), in its order:
 * `{"ok": value}`, or `{"error": "NO_ANSWER"}` where the participant gave none and the outcome is not known.
 */

import type { FastifyBaseLogger, FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import type { Participant } from '../../schema/participant.ts'
import { type ParticipantCall, participantCall } from './participant-message.ts'
import { requireServiceToken } from './service-token.ts'

/** A vector of prepares is larger than any request of a client. */
const BODY_BYTES_MAX = 64 * 1024 * 1024

type Answer = { readonly ok: unknown } | { readonly error: 'NO_ANSWER' }

/** Routes of one participant. Without a token they answer 404 to everyone. */
export const participantRoutes =
  (options: { readonly participant: Participant; readonly token: string | null }): FastifyPluginAsync =>
  async (server) => {
    server.post(
      '/participant',
      { bodyLimit: BODY_BYTES_MAX, onRequest: requireServiceToken(options.token) },
      async (request, reply) => {
        const call = participantCall.safeParse(request.body)
        if (!call.success) return reply.code(400).send(badCall(call.error))
        return reply.send(await Promise.all(carryOut(options.participant, call.data).map(answerWith(request.log))))
      },
    )
  }

function carryOut(participant: Participant, call: ParticipantCall): readonly Promise<unknown>[] {
  switch (call.call) {
    case 'prepare':
      return participant.prepare(call.arguments)
    case 'commit':
      return participant.commit(call.arguments)
    case 'abort':
      return participant.abort(call.arguments)
    case 'fence':
      return participant.fence(call.arguments)
    case 'check':
      return participant.check(call.arguments)
    case 'look':
      return [participant.look(call.arguments)]
    case 'read':
      return [participant.read(call.arguments)]
    case 'select':
      return [participant.select(call.arguments)]
    case 'derive':
      return participant.derive(call.arguments)
    case 'draw':
      return participant.draw(call.arguments)
    case 'describe':
      return [participant.describe()]
  }
}

/** The reason stays here, in the log: it may be a store's own message. */
const answerWith =
  (log: FastifyBaseLogger) =>
  (promise: Promise<unknown>): Promise<Answer> =>
    promise.then(
      (value) => ({ ok: value ?? null }),
      (error: unknown) => {
        log.warn({ err: error }, 'the participant gave no answer')
        return { error: 'NO_ANSWER' }
      },
    )

const badCall = (error: z.ZodError) => ({
  errors: [
    {
      message: `Not a call of the participant protocol: ${z.prettifyError(error)}`,
      extensions: { code: 'BAD_REQUEST' },
    },
  ],
})
