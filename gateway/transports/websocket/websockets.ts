/** WebSockets at `/graphql`: who may open one, how long it is kept, and what is written of it to the log. */

import type { IncomingMessage } from 'node:http'
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Upgrade } from '../../../schema/process/http/parts.ts'
import { requestId } from '../../../schema/process/http/request-ids.ts'
import type { Log } from '../../../schema/process/log.ts'
import type { Clock } from '../../coordinator/environment.ts'
import { everyBeat, STALLED_BEATS_MAX } from '../beat.ts'
import { type Connections, NO_MORE_CONNECTIONS } from '../connections.ts'
import { FOREIGN_PAGE, isForeignPage } from '../origin.ts'
import type { RunOperation } from '../run-operation.ts'
import { createSession, type Socket } from './session.ts'

export interface WebSocketLimits {
  readonly messageBytesMax: number
  /** Messages of one client that are worked on at once, subscriptions included; the rest wait on the network. */
  readonly messagesAtOnceMax: number
  readonly pageOrigins: readonly string[]
}

export interface WebSocketParts {
  readonly connections: Connections
  readonly run: RunOperation
  readonly limits: WebSocketLimits
  readonly clock: Clock
  readonly log: Log
}

const PATH = '/graphql'

/** Longest time that a client may take to say what it must begin with. */
const INITIALISE_MS_MAX = 10_000

const GOING_AWAY = 1001

export function createWebSockets(parts: WebSocketParts): Upgrade {
  const { connections, limits } = parts
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.messageBytesMax,
    handleProtocols: chooseProtocol,
  })
  return {
    path: PATH,
    take(request, socket, head) {
      if (isForeignPage(request.headers, limits.pageOrigins)) return FOREIGN_PAGE
      if (connections.isFull()) return NO_MORE_CONNECTIONS
      server.handleUpgrade(request, socket, head, (webSocket) => keep(webSocket, request, parts))
      return null
    },
  }
}

/** A client that offers other protocols alone is answered in one of those: else it could not read why it is refused. */
const chooseProtocol = (offered: Set<string>): string | false =>
  handleProtocols(offered) || (offered.values().next().value ?? false)

function keep(
  webSocket: WebSocket,
  request: IncomingMessage,
  { connections, run, limits, clock, log }: WebSocketParts,
) {
  const closing = new AbortController()
  const socket = socketOf(webSocket, closing)
  const lines = log.child({ requestId: requestId(request) })
  const openedAt = clock.now()
  let messages = 0

  const connection = connections.open({
    sendAway: () => socket.close(GOING_AWAY, 'Going away'),
    cutOff: () => webSocket.terminate(),
  })
  const late = () => socket.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout')
  const cancelLate = clock.after(INITIALISE_MS_MAX, late)
  const stopBeating = keepAlive(webSocket, clock)

  webSocket.on('error', (error) => lines.debug({ err: error }, 'a WebSocket failed'))
  webSocket.on('close', (code) => {
    closing.abort()
    cancelLate()
    stopBeating()
    connection.ended()
    lines.debug({ route: PATH, code, messages, durationMs: clock.now() - openedAt }, 'WebSocket closed')
  })

  if (webSocket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
    return socket.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable')
  }
  const session = createSession({ socket, connection, run, signal: closing.signal, onInitialised: cancelLate })
  const take = taking(webSocket, limits.messagesAtOnceMax)
  webSocket.on('message', (data) => {
    if (closing.signal.aborted) return
    messages += 1
    take(session(data.toString())).catch((error: unknown) => {
      lines.error({ err: error }, 'an operation failed unexpectedly')
      socket.close(CloseCode.InternalServerError, 'Internal server error')
    })
  })
}

const socketOf = (webSocket: WebSocket, closing: AbortController): Socket => ({
  send: (message) =>
    new Promise((resolve) => {
      if (closing.signal.aborted) return resolve()
      webSocket.send(JSON.stringify(message), (error) => {
        // At once, not when the socket has closed: whoever sends would go on until then.
        if (error != null) closing.abort()
        resolve()
      })
    }),
  close: (code, reason) => {
    closing.abort()
    webSocket.close(code, reason)
  },
})

/**
 * Whoever has not been heard of from one beat to the next is gone; or it reads nothing, and the ping is behind what waits
 * to be sent: then it is given longer.
 */
function keepAlive(webSocket: WebSocket, clock: Clock): () => void {
  let silentBeats = 0
  let unsent = 0
  const hear = () => {
    silentBeats = 0
  }
  webSocket.on('pong', hear)
  webSocket.on('message', hear)
  return everyBeat(clock, () => {
    const { bufferedAmount } = webSocket
    // It takes something, though it has not come to the ping.
    if (bufferedAmount < unsent) hear()
    unsent = bufferedAmount
    const silentBeatsMax = unsent > 0 ? STALLED_BEATS_MAX : 1
    if (silentBeats >= silentBeatsMax) return webSocket.terminate()
    silentBeats += 1
    return webSocket.ping()
  })
}

/** Reads no more of a socket while there are `max` messages in work: a client that sends and does not read only blocks itself. */
function taking(webSocket: WebSocket, max: number) {
  let working = 0
  return async (work: Promise<void>) => {
    working += 1
    if (working >= max) webSocket.pause()
    try {
      await work
    } finally {
      working -= 1
      if (working < max && webSocket.isPaused) webSocket.resume()
    }
  }
}
