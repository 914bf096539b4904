/** A WebSocket and nothing more: for what no well-behaved client would send. */

import { once } from 'node:events'
import { type RawData, WebSocket } from 'ws'

export interface RawClient {
  readonly socket: WebSocket
  send(message: unknown): void
  /** The next message that has not been taken yet. */
  take(): Promise<unknown>
  /** Code and reason. */
  readonly closed: Promise<readonly [number, string]>
}

const PROTOCOL = 'graphql-transport-ws'

export async function openSocket(
  port: number,
  {
    protocol = PROTOCOL,
    headers = {},
  }: { readonly protocol?: string | readonly string[]; readonly headers?: Record<string, string> } = {},
): Promise<RawClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, [protocol].flat(), { headers })
  const received: unknown[] = []
  let waiting: (() => void) | null = null
  socket.on('message', (data: RawData) => {
    received.push(JSON.parse(data.toString()))
    waiting?.()
  })
  const closed = new Promise<readonly [number, string]>((resolve) => {
    socket.once('close', (code, reason) => resolve([code, String(reason)]))
  })
  await once(socket, 'open')
  return {
    socket,
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async take() {
      while (received.length === 0) {
        await new Promise<void>((resolve) => {
          waiting = resolve
        })
      }
      return received.shift()
    },
  }
}

/** Ready for operations. */
export async function openSession(port: number): Promise<RawClient> {
  const client = await openSocket(port)
  client.send({ type: 'connection_init' })
  await client.take()
  return client
}

export const subscribeMessage = (id: string, query: string) => ({ id, type: 'subscribe', payload: { query } })
