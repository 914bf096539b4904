/** Counts a request from its beginning until its answer has left, or refuses it. */

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Admission } from './admission.ts'
import { REFUSALS, sendFailure } from './failure.ts'

/** An `onRequest` hook. */
export function admit(admission: Admission) {
  return async (_request: FastifyRequest, reply: FastifyReply) => {
    const refusal = admission.enter()
    if (refusal !== null) return sendFailure(reply.header('retry-after', '1'), REFUSALS[refusal])
    reply.raw.once('close', admission.leave)
    return undefined
  }
}
