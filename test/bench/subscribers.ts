/**
 * Subscribers: WebSockets in a thread of their own, so that they do not share the server's event loop. They speak
 * graphql-transport-ws as it stands on the wire, and take the time of everything that arrives.
 */

import { once } from 'node:events'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import WebSocket from 'ws'

export interface Crowd {
  readonly url: string
  readonly count: number
  /** A subscription for each in turn, whose every event selects `at`. */
  readonly queries: readonly string[]
}

export interface Delivered {
  /** Events that all subscribers have got, together. */
  readonly events: number
  /** From each event's `at` to its arrival, in milliseconds, in no order. */
  readonly delays: readonly number[]
}

type Order =
  | { readonly order: 'SUBSCRIBE'; readonly crowd: Crowd }
  | { readonly order: 'AWAIT'; readonly events: number }

export interface Subscribers {
  /** Replaces those before; resolves when all have got the first message of their stream. */
  subscribe(crowd: Crowd): Promise<void>
  /** Resolves when so many events in all have arrived since it was asked last. */
  delivered(events: number): Promise<Delivered>
  close(): Promise<void>
}

export function startSubscribers(): Subscribers {
  const worker = new Worker(new URL(import.meta.url))
  const ask = async <T>(order: Order): Promise<T> => {
    const answered = once(worker, 'message')
    worker.postMessage(order)
    const [answer]: T[] = await answered
    if (answer === undefined) throw new TypeError('no answer')
    return answer
  }
  return {
    subscribe: (crowd) => ask({ order: 'SUBSCRIBE', crowd }),
    delivered: (events) => ask({ order: 'AWAIT', events }),
    async close() {
      await worker.terminate()
    },
  }
}

let sockets: WebSocket[] = []
let delays: number[] = []
let awaited: { readonly events: number; readonly tell: () => void } | null = null

async function subscribe({ url, count, queries }: Crowd): Promise<void> {
  for (const socket of sockets) socket.terminate()
  delays = []
  sockets = []
  for (let index = 0; index < count; index += 1) {
    sockets.push(await open(url, queries[index % queries.length] ?? ''))
  }
}

async function open(url: string, query: string): Promise<WebSocket> {
  const socket = new WebSocket(url, 'graphql-transport-ws')
  const opened = Promise.withResolvers<void>()
  socket.on('error', opened.reject)
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })))
  socket.on('message', (data) => {
    const now = performance.timeOrigin + performance.now()
    const text = String(data)
    if (text.startsWith('{"type":"connection_ack"')) {
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }))
      return
    }
    const at = /"at":"([^"]+)"/.exec(text)?.[1]
    if (at !== undefined) arrived(now - Date.parse(at))
    else if (text.includes('StreamOpened')) opened.resolve()
    // Also when it is open: whoever waits for the events of one that was ended would wait for ever.
    else if (text.includes('"errors"') || text.includes('"error"')) throw new Error(text)
  })
  await opened.promise
  return socket
}

function arrived(delay: number): void {
  delays.push(delay)
  if (awaited !== null && delays.length >= awaited.events) awaited.tell()
}

function delivered(events: number): Promise<Delivered> {
  const all = Promise.withResolvers<Delivered>()
  const tell = () => {
    awaited = null
    all.resolve({ events: delays.length, delays })
    delays = []
  }
  awaited = { events, tell }
  if (delays.length >= events) tell()
  return all.promise
}

if (!isMainThread) {
  parentPort?.on('message', (order: Order) => {
    const answer = order.order === 'SUBSCRIBE' ? subscribe(order.crowd).then(() => null) : delivered(order.events)
    void answer.then((message) => parentPort?.postMessage(message))
  })
}
