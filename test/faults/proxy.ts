/**
 * A TCP proxy that can misbehave in the ways of a network: slow, silent, or gone. It knows nothing of what passes
 * through it.
 */

import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** Away from the caller, with what it asks, or back to it, with what it is answered. */
export type Way = 'THERE' | 'BACK'

export type Behaviour =
  | { readonly kind: 'PASS' }
  | { readonly kind: 'DELAY'; readonly ms: number }
  /** A black hole: what is sent this way arrives when the network heals, or never if the connection is cut before. */
  | { readonly kind: 'HOLD'; readonly ways: readonly Way[] }
  /** Each connection carries so many bytes of answers and is then reset. */
  | { readonly kind: 'TRUNCATE'; readonly bytes: number }
  /** The answers of each connection end after so many bytes, as if that were all of them. */
  | { readonly kind: 'HALF_CLOSE'; readonly bytes: number }
  /** Answers come a few bytes at a time. */
  | { readonly kind: 'TRICKLE'; readonly bytes: number; readonly everyMs: number }

export interface FaultyProxy {
  /** `http://` and where it listens: the same for as long as it lives. */
  readonly origin: string
  /** From now on, for connections that are there and for new ones. */
  behave(behaviour: Behaviour): void
  /** Resets every connection; what is on its way is lost. */
  cut(): void
  /** Connects what comes to this port. Null: nobody is there, and connections are refused. */
  target(port: number | null): Promise<void>
  close(): Promise<void>
}

export async function startProxy(): Promise<FaultyProxy> {
  let behaviour: Behaviour = { kind: 'PASS' }
  let healed = Promise.withResolvers<void>()
  let port: number | null = null
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (caller) => void join(caller))
  const own = await listenSomewhere()

  /** What the kernel hands out for outgoing connections is left alone, so that the port is still free for a return. */
  async function listenSomewhere(): Promise<number> {
    for (;;) {
      const candidate = LOWEST_PORT + Math.floor(Math.random() * PORTS)
      if (await listenOn(candidate)) return candidate
    }
  }

  /** False: the port is taken. */
  function listenOn(candidate: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isListening: boolean) => {
        server.off('error', onError)
        server.off('listening', onListening)
        resolve(isListening)
      }
      const onError = () => settle(false)
      const onListening = () => settle(true)
      server.once('error', onError)
      server.once('listening', onListening)
      server.listen(candidate, '127.0.0.1')
    })
  }

  async function join(caller: Socket): Promise<void> {
    if (port === null) return void caller.resetAndDestroy()
    const called = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const both = [caller, called] as const
    const reset = () => {
      for (const socket of both) socket.resetAndDestroy()
    }
    for (const socket of both) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', reset)
      socket.once('close', () => open.delete(socket))
    }
    await Promise.all([carry(caller, called, 'THERE', reset), carry(called, caller, 'BACK', reset)])
  }

  async function carry(from: Socket, to: Socket, way: Way, reset: () => void): Promise<void> {
    let carried = 0
    try {
      for await (const chunk of from.iterator({ destroyOnReturn: false })) {
        for (const piece of piecesOf(chunk, behaviour, way)) {
          await turnOf(way)
          const room = roomOf(behaviour, way)
          if (carried + piece.length > room) {
            const last = piece.subarray(0, Math.max(0, room - carried))
            return void (behaviour.kind === 'HALF_CLOSE' ? to.end(last) : to.write(last, reset))
          }
          carried += piece.length
          to.write(piece)
        }
      }
      await turnOf(way)
      to.end()
    } catch {
      // Whatever broke one connection breaks the other: a proxy has nobody to tell.
      reset()
    }
  }

  /** Until the next piece may go this way. */
  async function turnOf(way: Way): Promise<void> {
    while (behaviour.kind === 'HOLD' && behaviour.ways.includes(way)) await healed.promise
    if (behaviour.kind === 'DELAY') await Promise.race([pause(behaviour.ms), healed.promise])
    if (behaviour.kind === 'TRICKLE' && way === 'BACK') await Promise.race([pause(behaviour.everyMs), healed.promise])
  }

  return {
    origin: `http://127.0.0.1:${own}`,
    behave(next) {
      behaviour = next
      healed.resolve()
      healed = Promise.withResolvers()
    },
    cut() {
      for (const socket of open) socket.resetAndDestroy()
    },
    async target(next) {
      port = next
      if (next === null) {
        for (const socket of open) socket.resetAndDestroy()
        if (server.listening) await new Promise((closed) => server.close(closed))
      } else if (!server.listening && !(await listenOn(own))) {
        throw new Error(`the proxy cannot return to its port ${own}`)
      }
    },
    async close() {
      behaviour = { kind: 'PASS' }
      healed.resolve()
      for (const socket of open) socket.resetAndDestroy()
      if (server.listening) await new Promise((closed) => server.close(closed))
    },
  }
}

const LOWEST_PORT = 20_000
const PORTS = 12_000

/** Bytes that a connection may carry this way. */
function roomOf(behaviour: Behaviour, way: Way): number {
  const isBounded = behaviour.kind === 'TRUNCATE' || behaviour.kind === 'HALF_CLOSE'
  return isBounded && way === 'BACK' ? behaviour.bytes : Number.POSITIVE_INFINITY
}

function piecesOf(chunk: Buffer, behaviour: Behaviour, way: Way): readonly Buffer[] {
  if (behaviour.kind !== 'TRICKLE' || way === 'THERE') return [chunk]
  const { bytes } = behaviour
  return Array.from({ length: Math.ceil(chunk.length / bytes) }, (_, n) => chunk.subarray(n * bytes, (n + 1) * bytes))
}
