/**
 * How a failure before or outside of GraphQL is told: in GraphQL's own shape, so that a client needs one reader for errors,
 * `{errors: [{message, extensions: {code}}]}`.
 */

import type { FastifyReply } from 'fastify'
import type { Refusal } from './admission.ts'

export interface Failure {
  readonly status: number
  readonly code: string
  readonly message: string
}

export const failureBody = (failure: Failure) => ({
  errors: [{ message: failure.message, extensions: { code: failure.code } }],
})

export const sendFailure = (reply: FastifyReply, failure: Failure): FastifyReply =>
  reply.code(failure.status).type('application/json; charset=utf-8').send(failureBody(failure))

export const REFUSALS: Readonly<Record<Refusal, Failure>> = {
  STARTING: { status: 503, code: 'SYSTEM_UNAVAILABLE', message: 'The server is starting. Try again in a moment.' },
  DRAINING: {
    status: 503,
    code: 'SYSTEM_UNAVAILABLE',
    message: 'The server is shutting down and takes no new work. Nothing was written; try again.',
  },
  OVERLOADED: {
    status: 503,
    code: 'OVERLOADED',
    message: 'The server works on as many requests as it can. Nothing was written; try again.',
  },
}

export const badRequest = (message: string): Failure => ({ status: 400, code: 'BAD_REQUEST', message })

export const INTERNAL: Failure = {
  status: 500,
  code: 'INTERNAL_SERVER_ERROR',
  message: 'Something went wrong on the server.',
}
