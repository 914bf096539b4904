/** What the routes are given, and what each of the server's plugins is. */

import type { FastifyInstance, FastifyPluginAsync, RouteHandlerMethod } from 'fastify'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Admission } from './admission.ts'
import type { Example } from './examples.ts'

/** A GraphQL API at `path`. */
export interface GraphRoute {
  readonly path: string
  readonly handler: RouteHandlerMethod
  /** What a browser is shown at the path. */
  readonly page: { readonly title: string; readonly examples: readonly Example[] }
}

/** Routes that only other processes of Lockstep may call; they check the service token themselves. */
export interface InternalRoutes {
  readonly prefix: string
  readonly routes: FastifyPluginAsync
}

/** Something without which no request can be served. `check` rejects while it is missing. */
export interface Dependency {
  readonly name: string
  readonly check: () => Promise<unknown>
}

export interface HttpParts {
  readonly config: Pick<Config, 'bodyBytesMax'>
  readonly log: Log
  readonly admission: Admission
  readonly graphs: readonly GraphRoute[]
  readonly internal: readonly InternalRoutes[]
  readonly dependencies: readonly Dependency[]
}

/** Adds one concern to the server. */
export type HttpPlugin = (server: FastifyInstance, parts: HttpParts) => void
