/** Where systems in processes of their own submit their native writes: `POST /submit`, behind the service token. */

import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import type { Submit } from '../../schema/native-write.ts'
import { nativeWriteMessage } from '../../schema/native-write-message.ts'
import { requireServiceToken } from '../../schema/process/http/service-token.ts'

/** An order with thousands of lines is one write. */
const BODY_BYTES_MAX = 64 * 1024 * 1024

export const submitRoutes =
  ({ submit, token }: { readonly submit: Submit; readonly token: string }): FastifyPluginAsync =>
  async (server) => {
    const options = { bodyLimit: BODY_BYTES_MAX, onRequest: requireServiceToken(token) }
    server.post('/submit', options, async (request, reply) => {
      const write = nativeWriteMessage.safeParse(request.body)
      if (write.success) return submit(write.data)
      const message = `Not a native write: ${z.prettifyError(write.error)}`
      return reply.code(400).send({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] })
    })
  }
