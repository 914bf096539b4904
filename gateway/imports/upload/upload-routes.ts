/**
 * `PUT /uploads/{id}`: the file of an upload, as the body of the request and as it is: of any content type, with or without
 * its length, zipped or not. The id is the secret. Answers 200 with what was received, or one of GraphQL's errors.
 */

import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { discardBody } from '../../../schema/process/http/discard-body.ts'
import { type Failure, sendFailure } from '../../../schema/process/http/failure.ts'
import type { OpenRoutes } from '../../../schema/process/http/parts.ts'
import type { UploadRefusal, UploadRefusalCode, UploadStore } from './upload.ts'

type Receiver = Pick<UploadStore, 'receive'>

export const UPLOADS_PATH = '/uploads'

/** A sender that is silent for longer has gone away: the connection is closed. */
const SILENCE_MS_MAX = 60_000

export function uploadRoutes(store: Receiver): OpenRoutes {
  return {
    prefix: UPLOADS_PATH,
    routes: async (scope) => {
      scope.put<{ Params: { id: string } }>('/:id', (request, reply) => receive(store, request, reply))
    },
  }
}

async function receive(
  store: Receiver,
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { raw, headers, params } = request
  if (!isStoredAsSent(headers['content-encoding'])) return refuse(reply, raw, OTHER_ENCODING)
  raw.socket.setTimeout(SILENCE_MS_MAX)
  const announced = headers['content-length'] === undefined ? null : Number(headers['content-length'])
  // Left open where it is refused, so that the refusal can be answered.
  const body: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => raw.iterator({ destroyOnReturn: false }) }
  const received = await store.receive(params.id, body, announced)
  if (!received.ok) return refuse(reply, raw, failureOf(received.refusal))
  const { id, received: file } = received.value
  return reply.send({ upload: { id, size: file?.size, sha256: file?.sha256 } })
}

/** A body that is zipped on the way stays so, and readers tell it by its first bytes. */
function isStoredAsSent(encoding: string | undefined): boolean {
  return encoding === undefined || ['gzip', 'x-gzip', 'identity'].includes(encoding.toLowerCase())
}

async function refuse(reply: FastifyReply, raw: IncomingMessage, failure: Failure): Promise<FastifyReply> {
  await discardBody(raw)
  return sendFailure(reply, failure)
}

const OTHER_ENCODING: Failure = {
  status: 415,
  code: 'UNSUPPORTED_MEDIA_TYPE',
  message: 'Send the file as it is, or with Content-Encoding: gzip.',
}

const FAILURES: Readonly<Record<UploadRefusalCode, Pick<Failure, 'status' | 'code'>>> = {
  NOT_FOUND: { status: 404, code: 'NOT_FOUND' },
  EXPIRED: { status: 410, code: 'UPLOAD_EXPIRED' },
  INVALID: { status: 400, code: 'BAD_REQUEST' },
  TOO_MANY: { status: 503, code: 'OVERLOADED' },
  COMPLETE: { status: 409, code: 'UPLOAD_COMPLETE' },
  INCOMPLETE: { status: 409, code: 'UPLOAD_INCOMPLETE' },
  RECEIVING: { status: 409, code: 'UPLOAD_IN_PROGRESS' },
  TOO_LARGE: { status: 413, code: 'PAYLOAD_TOO_LARGE' },
  SIZE_DIFFERS: { status: 422, code: 'UPLOAD_SIZE_DIFFERS' },
  DIGEST_DIFFERS: { status: 422, code: 'UPLOAD_DIGEST_DIFFERS' },
  CUT_OFF: { status: 400, code: 'UPLOAD_CUT_OFF' },
  NO_SPACE: { status: 507, code: 'INSUFFICIENT_STORAGE' },
}

function failureOf({ code, message }: UploadRefusal): Failure {
  return { ...FAILURES[code], message }
}
