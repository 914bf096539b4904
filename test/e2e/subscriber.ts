/** A client that subscribes over a WebSocket, with a connection of its own that can be cut. */

import { createClient } from 'graphql-ws'
import WebSocket from 'ws'

export type Message = { readonly __typename: string; readonly cursor: string; readonly [field: string]: unknown }

export interface Subscriber {
  /** The next message but heartbeats; rejects for a result with errors, and where the stream has ended. */
  next(): Promise<Message>
  take(count: number): Promise<readonly Message[]>
  /** Cuts the connection as a failing network does: nobody says goodbye. */
  cut(): void
  close(): Promise<void>
}

/** `field` is a subscription field with its arguments; every message selects its type and cursor, and `selection`. */
export function subscribe(url: string, field: string, selection = ''): Subscriber {
  let socket: WebSocket | null = null
  class Socket extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols)
      socket = this
    }
  }
  const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: Socket, retryAttempts: 0 })
  const query = `subscription { message: ${field} { __typename cursor ${selection} } }`
  const results = client.iterate<{ message: Message }>({ query })
  const next = async (): Promise<Message> => {
    for (;;) {
      const { value, done } = await results.next()
      if (done === true) throw new Error('the stream has ended')
      const message = value.data?.message
      if (message === undefined || value.errors !== undefined) throw new Error(JSON.stringify(value.errors ?? value))
      if (message.__typename !== 'Heartbeat') return message
    }
  }
  return {
    next,
    async take(count) {
      const messages: Message[] = []
      while (messages.length < count) messages.push(await next())
      return messages
    },
    cut: () => socket?.terminate(),
    async close() {
      await results.return?.()
      await client.dispose()
    },
  }
}

/** Once its stream is open, so that it hears of all that is written from then on. */
export async function subscribed(url: string, field: string, selection = ''): Promise<Subscriber> {
  const subscriber = subscribe(url, field, selection)
  const first = await subscriber.next()
  if (first.__typename !== 'StreamOpened') throw new Error(`${first.__typename} came first`)
  return subscriber
}
