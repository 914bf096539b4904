/** What goes wrong before or outside of GraphQL is answered here. No message of anything below leaves the process. */

import type { ServerResponse } from 'node:http'
import type { FastifyError, FastifyReply } from 'fastify'
import { discardBody } from './discard-body.ts'
import { badRequest, type Failure, failureBody, INTERNAL, sendFailure } from './failure.ts'
import type { HttpParts, HttpPlugin } from './parts.ts'

/** What the web framework refuses, by its error code. */
const framework = (bodyBytesMax: number): Readonly<Record<string, Failure>> => ({
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
    message: `The request body is larger than ${bodyBytesMax} bytes.`,
  },
  FST_ERR_CTP_INVALID_JSON_BODY: badRequest('The request body is not valid JSON.'),
  FST_ERR_CTP_EMPTY_JSON_BODY: badRequest('The request body is empty; it must be JSON.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: badRequest('The request body does not have the length that its header says.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'Send the request body as Content-Type: application/json.',
  },
  FST_ERR_BAD_URL: badRequest('The address is not a valid URL path.'),
})

function failureOf(error: FastifyError, bodyBytesMax: number): Failure {
  const known = framework(bodyBytesMax)[error.code]
  if (known !== undefined) return known
  const status = error.statusCode ?? 500
  return status >= 400 && status < 500 ? { ...badRequest('The request cannot be read.'), status } : INTERNAL
}

export const failures: HttpPlugin = (server, parts) => {
  server.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const failure = failureOf(error, parts.config.bodyBytesMax)
    if (failure === INTERNAL) request.log.error({ err: error, url: request.url }, 'a request failed')
    if (failure.status === 413) await discardBody(request.raw)
    return sendFailure(reply, failure)
  })
  server.setNotFoundHandler(async (request, reply) =>
    sendFailure(reply, {
      status: 404,
      code: 'NOT_FOUND',
      message: `There is nothing at ${request.method} ${request.url}.`,
    }),
  )
}

/** For addresses that cannot be routed at all, which reach no plugin. */
export const answerUnroutable =
  (parts: Pick<HttpParts, 'config'>) =>
  (error: FastifyError, _request: unknown, response: ServerResponse | FastifyReply): void => {
    const failure = failureOf(error, parts.config.bodyBytesMax)
    const raw = 'raw' in response ? response.raw : response
    raw.writeHead(failure.status, { 'content-type': 'application/json; charset=utf-8' })
    raw.end(JSON.stringify(failureBody(failure)))
  }
