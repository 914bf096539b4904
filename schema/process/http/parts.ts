/** What the routes are given, and what each of the server's plugins is. */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance, FastifyPluginAsync, RouteHandlerMethod } from 'fastify'
import type { Json } from '../../record.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Admission } from './admission.ts'
import type { Failure } from './failure.ts'

/** An operation that GraphiQL opens with. */
export interface Example {
  /** What it shows, in one line. */
  readonly title: string
  readonly query: string
  readonly variables: Readonly<Record<string, Json>>
}

/** A GraphQL API at `path`. */
export interface GraphRoute {
  readonly path: string
  readonly handler: RouteHandlerMethod
  /** What a browser is shown at the path. */
  readonly page: {
    readonly title: string
    readonly examples: readonly Example[]
    /** Whether subscriptions are served at the path, over WebSockets. */
    readonly subscriptions: boolean
  }
}

/** Routes that only other processes of Lockstep may call; they check the service token themselves. */
export interface InternalRoutes {
  readonly prefix: string
  readonly routes: FastifyPluginAsync
  /** Whether they take new work, which a process that drains refuses; others help work to its end. */
  readonly admitted: boolean
}

/**
 * Routes beside GraphQL that anybody may call, such as uploads. They are admitted as new work, take any kind of body as a
 * stream, of any length and for as long as they like: what bounds there are, they keep themselves.
 */
export interface OpenRoutes {
  readonly prefix: string
  readonly routes: FastifyPluginAsync
}

/** Something without which not every request can be served. */
export interface Dependency {
  readonly name: string
  /** What is wrong with it, as a sentence's end (`the ERP ` …); null for nothing. Rejects while it does not answer. */
  readonly check: () => Promise<string | null>
}

/** Where a WebSocket is opened. */
export interface Upgrade {
  readonly path: string
  /** Takes the connection over, or answers why not; asked only while requests are let in. */
  readonly take: (request: IncomingMessage, socket: Duplex, head: Buffer) => Failure | null
}

/** Further ways to a graph, beside GraphQL over HTTP. */
export interface Transports {
  readonly routes: HttpPlugin
  readonly upgrade: Upgrade
  /** Sends away whoever is connected; resolves when all have gone. */
  readonly close: () => Promise<void>
}

export interface HttpParts {
  readonly config: Pick<Config, 'bodyBytesMax'>
  readonly log: Log
  readonly admission: Admission
  readonly graphs: readonly GraphRoute[]
  readonly internal: readonly InternalRoutes[]
  /** None where it is left out. */
  readonly open?: readonly OpenRoutes[]
  readonly dependencies: readonly Dependency[]
  readonly transports?: Transports
}

/** Adds one concern to the server. */
export type HttpPlugin = (server: FastifyInstance, parts: HttpParts) => void
