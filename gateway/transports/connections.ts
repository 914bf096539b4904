/** Who is connected, over whichever transport, and how many subscriptions they have: both are bounded. */

import type { Failure } from '../../schema/process/http/failure.ts'
import type { Clock } from '../coordinator/environment.ts'

export interface ConnectionLimits {
  readonly connectionsMax: number
  readonly subscriptionsPerConnectionMax: number
  readonly subscriptionsMax: number
}

/** Who is at the other end. */
export interface Peer {
  /** Ends the connection in good order, such that the peer knows to come back. */
  sendAway(): void
  /** Ends it at once. */
  cutOff(): void
}

export interface Connection {
  subscribe(): Place
  /** To be called once, when the connection has ended. */
  ended(): void
}

/** For a subscription: given back once, or there is none. */
export type Place =
  | { readonly taken: true; readonly giveBack: () => void }
  | { readonly taken: false; readonly failure: Failure }

export interface Connections {
  isFull(): boolean
  /** Whoever finds it full must not open one. */
  open(peer: Peer): Connection
  /** Resolves when everyone has gone. */
  close(): Promise<void>
}

/** Longest time that a peer who is sent away may take to go. */
const GOODBYE_MS_MAX = 2_000

export const NO_MORE_CONNECTIONS: Failure = {
  status: 503,
  code: 'OVERLOADED',
  message: 'The server has as many connections as it can. Try again later.',
}

const noMoreSubscriptions = (where: string): Place => ({
  taken: false,
  failure: {
    status: 503,
    code: 'OVERLOADED',
    message: `There are as many subscriptions ${where} as there may be. End one, or try again later.`,
  },
})

export function createConnections(limits: ConnectionLimits, clock: Clock): Connections {
  const peers = new Map<Connection, Peer>()
  let subscriptions = 0
  let emptied: PromiseWithResolvers<void> | null = null

  return {
    isFull: () => peers.size >= limits.connectionsMax,
    open(peer) {
      let own = 0
      const connection: Connection = {
        subscribe() {
          if (own >= limits.subscriptionsPerConnectionMax) return noMoreSubscriptions('on this connection')
          if (subscriptions >= limits.subscriptionsMax) return noMoreSubscriptions('on the server')
          own += 1
          subscriptions += 1
          return {
            taken: true,
            giveBack: () => {
              own -= 1
              subscriptions -= 1
            },
          }
        },
        ended: () => {
          peers.delete(connection)
          if (peers.size === 0) emptied?.resolve()
        },
      }
      peers.set(connection, peer)
      return connection
    },
    async close() {
      if (peers.size === 0) return
      emptied ??= Promise.withResolvers()
      for (const peer of peers.values()) peer.sendAway()
      const cancel = clock.after(GOODBYE_MS_MAX, () => {
        for (const peer of peers.values()) peer.cutOff()
      })
      await emptied.promise
      cancel()
    },
  }
}
