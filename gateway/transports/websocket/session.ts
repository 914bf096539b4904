/**
 * One client's side of graphql-transport-ws: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md. Operations run
 * at the same time, each under the id that the client gave it, and end with the connection.
 */

import { CloseCode, type Message, MessageType, parseMessage, type SubscribeMessage } from 'graphql-ws'
import { type Failure, failureBody } from '../../../schema/process/http/failure.ts'
import type { OperationRequest } from '../../graph/operations.ts'
import type { Connection } from '../connections.ts'
import type { Answer, RunOperation } from '../run-operation.ts'

export interface Socket {
  /** Resolves when the message is with the kernel, or the connection's signal has been given because it never will be. */
  send(message: object): Promise<void>
  close(code: number, reason: string): void
}

export interface SessionParts {
  readonly socket: Socket
  readonly connection: Connection
  readonly run: RunOperation
  /** Of the connection. */
  readonly signal: AbortSignal
  /** The client has begun as the protocol wants it. */
  readonly onInitialised: () => void
}

/** Takes a message, as long as the signal is not given; resolves when all that it asked for is answered. */
export type Session = (text: string) => Promise<void>

export function createSession({ socket, connection, run, signal, onInitialised }: SessionParts): Session {
  const running = new Map<string, AbortController>()
  let initialised = false
  // Once for all operations: what each of them joined to the connection's signal would stay until that is given.
  signal.addEventListener('abort', () => {
    for (const own of running.values()) own.abort()
  })

  function initialise() {
    if (initialised) return socket.close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests')
    initialised = true
    onInitialised()
    return socket.send({ type: MessageType.ConnectionAck })
  }

  async function subscribe(message: SubscribeMessage) {
    const { id } = message
    if (!initialised) return socket.close(CloseCode.Unauthorized, 'Unauthorized')
    if (running.has(id)) return socket.close(CloseCode.SubscriberAlreadyExists, alreadyExists(id))
    const own = new AbortController()
    running.set(id, own)
    const asker = { connection, resumeAfter: null, readOnly: false, signal: own.signal }
    try {
      await run(requestOf(message), asker, answerTo(id, socket))
    } finally {
      if (running.get(id) === own) running.delete(id)
    }
  }

  /** The id is free at once: another operation may have it while this one winds up. */
  function complete(id: string) {
    running.get(id)?.abort()
    running.delete(id)
  }

  return async (text) => {
    const message = read(text)
    switch (message?.type) {
      case MessageType.ConnectionInit:
        return initialise()
      case MessageType.Ping:
        return socket.send(pong(message.payload))
      case MessageType.Pong:
        return undefined
      case MessageType.Subscribe:
        return subscribe(message)
      case MessageType.Complete:
        return complete(message.id)
      default:
        return socket.close(CloseCode.BadRequest, 'Invalid message received')
    }
  }
}

function read(text: string): Message | null {
  try {
    return parseMessage(text)
  } catch {
    return null
  }
}

const pong = (payload: unknown) => ({ type: MessageType.Pong, ...(payload == null ? {} : { payload }) })

const requestOf = ({ payload }: SubscribeMessage): OperationRequest => ({
  query: payload.query,
  operationName: payload.operationName ?? null,
  variables: payload.variables ?? {},
  extensions: payload.extensions ?? {},
})

function answerTo(id: string, socket: Socket): Answer {
  const fail = (payload: readonly object[]) => socket.send({ id, type: MessageType.Error, payload })
  return {
    failed: (failure: Failure) => fail(failureBody(failure).errors),
    refused: fail,
    accepted: () => undefined,
    next: ({ result }) => socket.send({ id, type: MessageType.Next, payload: result }),
    complete: () => socket.send({ id, type: MessageType.Complete }),
  }
}

/** A reason may have 123 bytes. */
const alreadyExists = (id: string): string =>
  id.length <= 40 ? `Subscriber for ${id} already exists` : 'Subscriber already exists'
