/** A client that subscribes, with a connection of its own that can be cut or stalled. */

import { createClient as createEventClient } from 'graphql-sse'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'

export type Message = { readonly __typename: string; readonly cursor: string; readonly [field: string]: unknown }

export interface Subscriber {
  /** The next message but heartbeats; rejects for a result with errors, and where the stream has ended. */
  next(): Promise<Message>
  take(count: number): Promise<readonly Message[]>
  /** Reads nothing from the connection until it is told to again. */
  stall(): void
  readOn(): void
  /** Cuts the connection as a failing network does: nobody says goodbye. */
  cut(): void
  close(): Promise<void>
}

/** Over a WebSocket. `field` is a subscription field with its arguments; every message selects its type and cursor, and `selection`. */
export function subscribe(url: string, field: string, selection = ''): Subscriber {
  let socket: WebSocket | null = null
  class Socket extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols)
      socket = this
    }
  }
  const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: Socket, retryAttempts: 0 })
  const results = client.iterate<{ message: Message }>({ query: queryOf(field, selection) })
  return {
    ...taking(results),
    stall: () => socket?.pause(),
    readOn: () => socket?.resume(),
    cut: () => socket?.terminate(),
    async close() {
      await results.return?.()
      await client.dispose()
    },
  }
}

/** The same over server-sent events. */
export function subscribeToEvents(url: string, field: string, selection = ''): Subscriber {
  const cutting = new AbortController()
  let reading = Promise.withResolvers<void>()
  reading.resolve()
  const client = createEventClient({
    url: `${url}/graphql/stream`,
    retryAttempts: 0,
    fetchFn: async (address: string, init: RequestInit) => {
      const signal = AbortSignal.any([cutting.signal, init.signal ?? []].flat())
      const answer = await fetch(address, { ...init, signal })
      return new Response(
        readAsTold(answer, () => reading.promise),
        answer,
      )
    },
  })
  const results = client.iterate<{ message: Message }>({ query: queryOf(field, selection) })
  return {
    ...taking(results),
    stall: () => {
      reading = Promise.withResolvers()
    },
    readOn: () => reading.resolve(),
    cut: () => cutting.abort(),
    async close() {
      await results.return?.()
      client.dispose()
    },
  }
}

/** Takes no further part of the answer from the network before `told` resolves. */
function readAsTold({ body }: Response, told: () => Promise<void>): ReadableStream<Uint8Array> {
  const reader = body?.getReader()
  return new ReadableStream(
    {
      async pull(controller) {
        await told()
        const part = await reader?.read()
        if (part?.value === undefined) controller.close()
        else controller.enqueue(part.value)
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

const queryOf = (field: string, selection: string) =>
  `subscription { message: ${field} { __typename cursor ${selection} } }`

type Results = AsyncIterator<{
  readonly data?: { readonly message: Message } | null | undefined
  readonly errors?: unknown
}>

function taking(results: Results): Pick<Subscriber, 'next' | 'take'> {
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
  }
}

/** Once its stream is open, so that it hears of all that is written from then on. */
export async function subscribed(
  url: string,
  field: string,
  selection = '',
  how: typeof subscribe = subscribe,
): Promise<Subscriber> {
  const subscriber = how(url, field, selection)
  const first = await subscriber.next()
  if (first.__typename !== 'StreamOpened') throw new Error(`${first.__typename} came first`)
  return subscriber
}
