/**
 * The participant protocol over HTTP: `POST /participant` with one call, answered by newline-delimited JSON, a line for
 * each element of the call's vector (a single one for `look`, `read`, `select` and `describe`) as soon as it is known, so
 * that one that waits for a lock holds up no other: `{"index": 0, "ok": value}`, or `{"index": 0, "error": "NO_ANSWER"}`
 * where the participant gave none and the outcome is not known. A caller that says in a header which tables it was
 * built for is refused with 409 whatever is about other tables.
 */

import { Readable } from 'node:stream'
import type { FastifyBaseLogger, FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import type { Participant } from '../../schema/participant.ts'
import {
  CALLS_ABOUT_TABLES,
  type ParticipantCall,
  participantCall,
  TABLES_HEADER,
} from '../../schema/participant-message.ts'
import { requireServiceToken } from '../../schema/process/http/service-token.ts'

/** A vector of prepares is larger than any request of a client. */
const BODY_BYTES_MAX = 64 * 1024 * 1024

/** Routes of one participant. Without a token they answer 404 to everyone. */
export const participantRoutes =
  (options: { readonly participant: Participant; readonly token: string | null }): FastifyPluginAsync =>
  async (server) => {
    const { participant, token } = options
    const { digest } = await participant.describe()
    server.post(
      '/participant',
      { bodyLimit: BODY_BYTES_MAX, onRequest: requireServiceToken(token) },
      async (request, reply) => {
        const call = participantCall.safeParse(request.body)
        if (!call.success) return reply.code(400).send(badCall(call.error))
        const builtFor = request.headers[TABLES_HEADER] ?? digest
        if (builtFor !== digest && CALLS_ABOUT_TABLES.has(call.data.call)) return reply.code(409).send(OTHER_TABLES)
        return reply.type('application/x-ndjson').send(asTheyCome(carryOut(participant, call.data), request.log))
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

function asTheyCome(answers: readonly Promise<unknown>[], log: FastifyBaseLogger): Readable {
  const lines = new Readable({ read: () => undefined })
  const written = answers.map(async (answer, index) => {
    lines.push(`${JSON.stringify({ index, ...(await settled(answer, log)) })}\n`)
  })
  Promise.all(written).then(
    () => lines.push(null),
    (error: Error) => lines.destroy(error),
  )
  return lines
}

/** The reason stays here, in the log: it may be a store's own message. */
function settled(answer: Promise<unknown>, log: FastifyBaseLogger) {
  return answer.then(
    (value) => ({ ok: value ?? null }),
    (error: unknown) => {
      log.warn({ err: error }, 'the participant gave no answer')
      return { error: 'NO_ANSWER' }
    },
  )
}

const refusal = (code: string, message: string) => ({ errors: [{ message, extensions: { code } }] })

const badCall = (error: z.ZodError) =>
  refusal('BAD_REQUEST', `Not a call of the participant protocol: ${z.prettifyError(error)}`)

const OTHER_TABLES = refusal('OTHER_TABLES', 'The caller was built for other tables than this system has.')
