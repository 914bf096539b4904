/** From routes to a server that listens, and the orderly end: what every process of Lockstep does alike. */

import type { Config } from './config.ts'
import { type Admission, createAdmission } from './http/admission.ts'
import type { HttpParts, Transports } from './http/parts.ts'
import { createHttp } from './http/server.ts'
import type { Log } from './log.ts'
import { startErrorOf } from './start-error.ts'

export interface Server {
  /** Takes requests from now on. Rejects with a StartError where the address cannot be had. */
  listen(): Promise<{ readonly url: string }>
  /** Takes no new work, finishes what is in flight and closes all that was opened for it. */
  close(): Promise<void>
}

/** Closes in the opposite order of opening, also where the start fails half-way, and then rejects with a StartError. */
export async function opening<T>(config: Config, build: (opened: AsyncDisposableStack) => Promise<T>): Promise<T> {
  const opened = new AsyncDisposableStack()
  try {
    return await build(opened)
  } catch (error) {
    await opened.disposeAsync()
    throw startErrorOf(error, config)
  }
}

export interface Served extends Pick<HttpParts, 'graphs' | 'internal' | 'open' | 'dependencies'> {
  /** Made with the admission that they share with all other requests. */
  readonly transports?: (admission: Admission) => Transports
}

/**
 * Built, but not listening. The server closes before whatever was `opened` earlier. Whoever is connected stays so until
 * the last request in flight is answered, and comes back when the address is no longer this process's.
 */
export async function serve(
  { transports: transportsOver, ...routes }: Served,
  { config, opened, log }: { readonly config: Config; readonly opened: AsyncDisposableStack; readonly log: Log },
): Promise<Server> {
  const admission = createAdmission(config.requestsInFlightMax)
  const transports = transportsOver?.(admission)
  const http = await createHttp({
    ...routes,
    ...(transports === undefined ? {} : { transports }),
    config,
    log: log.child({ part: 'http' }),
    admission,
  })
  opened.defer(() => http.close())
  if (transports !== undefined) opened.defer(transports.close)
  return {
    listen: async () => {
      try {
        const url = await http.listen({ host: config.host, port: config.port })
        admission.open()
        return { url }
      } catch (error) {
        await opened.disposeAsync()
        throw startErrorOf(error, config)
      }
    },
    close: async () => {
      log.info('draining')
      await admission.drain()
      await opened.disposeAsync()
      log.info('closed')
    },
  }
}
