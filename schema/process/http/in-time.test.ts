import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import Fastify from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { boundTime } from './in-time.ts'

describe('boundTime', () => {
  const server = Fastify()
  afterEach(() => server.close())

  it('ends a request of which the rest does not come, and leaves a whole one alone', async () => {
    const bound = boundTime(20)
    server.addHook('onRequest', async (request) => bound(request))
    server.post('/', async (request) => request.body)
    const url = new URL(await server.listen({ host: '127.0.0.1', port: 0 }))
    const socket = connect({ host: url.hostname, port: Number(url.port) })
    await once(socket, 'connect')
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n'
    socket.write(`${head}true${head}tr`)
    const answers = await text(socket)
    expect(answers).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*trueHTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n\r\n$/)
  })
})
