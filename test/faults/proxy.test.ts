import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FaultyProxy, startProxy } from './proxy.ts'

/** Says in capitals what it hears, as soon as it hears it, and ends when its caller does. */
function shouter() {
  const heard: string[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.setEncoding('utf8')
    socket.on('error', () => heard.push('broken'))
    socket.on('data', (data: string) => {
      heard.push(data)
      socket.write(data.toUpperCase())
    })
    socket.on('end', () => socket.end())
  })
  return { server, heard }
}

describe('a proxy between a caller and what it calls', () => {
  let proxy: FaultyProxy
  let called: ReturnType<typeof shouter>
  const callers: Socket[] = []

  beforeEach(async () => {
    called = shouter()
    called.server.listen(0, '127.0.0.1')
    await once(called.server, 'listening')
    proxy = await startProxy()
    await proxy.target(portOf(called))
  })
  afterEach(async () => {
    for (const caller of callers.splice(0)) caller.destroy()
    await proxy.close()
    await new Promise((closed) => called.server.close(closed))
  })

  const portOf = ({ server }: typeof called) => (server.address() as AddressInfo).port

  function call(): { readonly socket: Socket; readonly answer: () => string; readonly ended: Promise<string> } {
    const socket = connect({ port: Number(new URL(proxy.origin).port), host: '127.0.0.1', allowHalfOpen: true })
    callers.push(socket)
    let answer = ''
    socket.setEncoding('utf8').on('data', (data: string) => {
      answer += data
    })
    const end = once(socket, 'end').then(() => 'ended')
    const ended = Promise.race([end, once(socket, 'close').then(() => 'closed')]).catch((error: unknown) =>
      error instanceof Error && 'code' in error ? String(error.code) : 'failed',
    )
    return { socket, answer: () => answer, ended }
  }

  it('carries what is said both ways, and the end of it', async () => {
    const { socket, answer, ended } = call()
    socket.end('hello')
    expect([await ended, answer()]).toEqual(['ended', 'HELLO'])
  })

  it('lets much through in order, whatever it changes to on the way', async () => {
    const { socket, answer, ended } = call()
    const long = Array.from({ length: 20_000 }, (_, n) => `line ${n}`).join('\n')
    proxy.behave({ kind: 'TRICKLE', bytes: 100, everyMs: 5 })
    socket.end(long)
    await expect.poll(() => answer().length).toBeGreaterThan(0)
    proxy.behave({ kind: 'HOLD', ways: ['BACK'] })
    proxy.behave({ kind: 'DELAY', ms: 1 })
    const before = answer().length
    await expect.poll(() => answer().length).toBeGreaterThan(before)
    proxy.behave({ kind: 'PASS' })
    expect(await ended).toBe('ended')
    expect(answer()).toBe(long.toUpperCase())
  })

  it('holds back what is asked until it is healed', async () => {
    const { socket, answer } = call()
    proxy.behave({ kind: 'HOLD', ways: ['THERE'] })
    socket.write('late')
    const other = call()
    other.socket.write('later')
    await once(other.socket, 'connect')
    expect([called.heard, answer()]).toEqual([[], ''])
    proxy.behave({ kind: 'PASS' })
    await expect.poll(() => [answer(), other.answer()]).toEqual(['LATE', 'LATER'])
  })

  it('holds back what is answered, though it was heard', async () => {
    const { socket, answer } = call()
    proxy.behave({ kind: 'HOLD', ways: ['BACK'] })
    socket.write('heard')
    await expect.poll(() => called.heard).toEqual(['heard'])
    expect(answer()).toBe('')
    proxy.behave({ kind: 'PASS' })
    await expect.poll(answer).toBe('HEARD')
  })

  it('loses what it holds when it is cut', async () => {
    const { socket, answer, ended } = call()
    proxy.behave({ kind: 'HOLD', ways: ['BACK'] })
    socket.write('lost')
    await expect.poll(() => called.heard).toEqual(['lost'])
    proxy.cut()
    proxy.behave({ kind: 'PASS' })
    expect([await ended, answer()]).toEqual(['ECONNRESET', ''])
  })

  it('breaks an answer off in the middle', async () => {
    const { socket, answer, ended } = call()
    proxy.behave({ kind: 'TRUNCATE', bytes: 3 })
    socket.write('hello')
    expect(await ended).toBe('ECONNRESET')
    expect('HEL').toContain(answer())
  })

  it('ends an answer in the middle, as if it were whole', async () => {
    const { socket, answer, ended } = call()
    proxy.behave({ kind: 'HALF_CLOSE', bytes: 3 })
    socket.write('hello')
    expect([await ended, answer()]).toEqual(['ended', 'HEL'])
  })

  it('refuses connections while nobody is there, and is found at the same place afterwards', async () => {
    const before = call()
    await once(before.socket, 'connect')
    await proxy.target(null)
    expect(await before.ended).toBe('ECONNRESET')
    expect(await call().ended).toBe('ECONNREFUSED')
    await proxy.target(portOf(called))
    const { socket } = call()
    socket.end('back')
    expect(await text(socket)).toBe('BACK')
  })

  it('resets a connection whose other end has gone', async () => {
    const gone = createServer().listen(0, '127.0.0.1')
    await once(gone, 'listening')
    const port = (gone.address() as AddressInfo).port
    await new Promise((closed) => gone.close(closed))
    await proxy.target(port)
    expect(await call().ended).toBe('ECONNRESET')
  })
})
