import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { connectTo, linesOf, NotReached, type Peer, textOf } from './peer.ts'

const TOKEN = 'a-token-of-the-tests'
const CALL = { path: '/call', body: '{"call":1}', timeoutMs: 5_000 }

const bodyOf = (...chunks: string[]) => ({
  status: 200,
  body: (async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk)
  })(),
})

const allOf = async (lines: AsyncIterable<string>) => {
  const all: string[] = []
  for await (const line of lines) all.push(line)
  return all
}

describe('a peer', () => {
  const open: { server: Server; peer: Peer }[] = []
  const peerOf = async (listener: RequestListener) => {
    const server = createServer(listener).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new TypeError('a server without a port')
    const peer = connectTo(`http://127.0.0.1:${address.port}`, TOKEN)
    open.push({ server, peer })
    return { server, peer }
  }
  afterEach(async () => {
    for (const { server, peer } of open.splice(0)) {
      await peer.close()
      server.closeAllConnections()
      if (server.listening) await once(server.close(), 'close')
    }
  })

  it('sends JSON with the service token, and keeps its connections', async () => {
    const connections = new Set<Socket>()
    const seen: unknown[] = []
    const { peer } = await peerOf((request, response) => {
      connections.add(request.socket)
      request.setEncoding('utf8').on('data', (body) => {
        seen.push([request.method, request.url, request.headers.authorization, request.headers['content-type'], body])
        response.end('done')
      })
    })
    for (let call = 0; call < 10; call += 1) expect(await textOf(await peer.post(CALL), 100)).toBe('done')
    expect(seen[0]).toEqual(['POST', '/call', `Bearer ${TOKEN}`, 'application/json', '{"call":1}'])
    expect(connections.size).toBeLessThan(10)
  })

  it('tells a process that is not there from one that does not answer', async () => {
    const { server, peer } = await peerOf((_request, response) => void response.destroy())
    const broken = await peer.post(CALL).catch((error: unknown) => error)
    expect(broken).toBeInstanceOf(Error)
    expect(broken).not.toBeInstanceOf(NotReached)
    await once(server.close(), 'close')
    await expect(peer.post(CALL)).rejects.toBeInstanceOf(NotReached)
  })

  it('sends a call once, whatever becomes of it', async () => {
    let calls = 0
    const { peer } = await peerOf((_request, response) => {
      calls += 1
      response.destroy()
    })
    await expect(peer.post(CALL)).rejects.toThrow()
    expect(calls).toBe(1)
  })

  it('waits no longer than it may, neither for the beginning of an answer nor for its end', async () => {
    const { peer } = await peerOf((request, response) => {
      if (request.url === '/half') response.write('half')
    })
    await expect(peer.post({ ...CALL, timeoutMs: 50 })).rejects.toMatchObject({ name: 'TimeoutError' })
    const half = await peer.post({ ...CALL, path: '/half', timeoutMs: 500 })
    await expect(textOf(half, 100)).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})

describe('the body of an answer', () => {
  it('is text up to a limit', async () => {
    expect(await textOf(bodyOf('ab', 'cd'), 4)).toBe('abcd')
    await expect(textOf(bodyOf('ab', 'cde'), 4)).rejects.toThrow(RangeError)
  })

  it('is lines, wherever it was cut on the way; what has no end is none', async () => {
    const text = 'äöü\n{"a":1}\n\nlast'
    const bytes = Buffer.from(text)
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const answer = {
        status: 200,
        body: (async function* () {
          yield bytes.subarray(0, cut)
          yield bytes.subarray(cut)
        })(),
      }
      expect(await allOf(linesOf(answer, 100))).toEqual(['äöü', '{"a":1}', ''])
    }
  })

  it('has no line longer than the limit', async () => {
    await expect(allOf(linesOf(bodyOf('abc', 'def\n'), 5))).rejects.toThrow(RangeError)
    expect(await allOf(linesOf(bodyOf('abc', 'de\n', 'fghij\n'), 5))).toEqual(['abcde', 'fghij'])
  })
})
