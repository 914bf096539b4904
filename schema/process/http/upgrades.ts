/** Connections that leave HTTP: WebSockets. Any other wish to upgrade is passed over, and answered as a plain request. */

import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Failure, failureBody, REFUSALS } from './failure.ts'
import type { HttpParts, HttpPlugin } from './parts.ts'

/** Whether a request is taken out of HTTP. Some clients offer HTTP/2 with each request, and must be answered without. */
export const isUpgrade =
  ({ transports }: Pick<HttpParts, 'transports'>) =>
  ({ url = '', headers }: IncomingMessage): boolean =>
    headers.upgrade?.toLowerCase() === 'websocket' && url.split('?', 1)[0] === transports?.upgrade.path

export const upgrades: HttpPlugin = (server, { transports, admission, log }) => {
  if (transports === undefined) return
  const { take } = transports.upgrade
  server.server.on('upgrade', (request, socket, head) => {
    socket.on('error', (error) => log.debug({ err: error }, 'a connection broke'))
    const phase = admission.phase()
    const failure = phase === 'OPEN' ? take(request, socket, head) : REFUSALS[phase]
    if (failure !== null) refuse(socket, failure)
  })
}

/** In the shape of any other refusal, but for the web framework, which knows nothing of upgrades. */
function refuse(socket: Duplex, failure: Failure): void {
  const body = JSON.stringify(failureBody(failure))
  const head = [
    `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    ...(failure.status === 503 ? ['retry-after: 1'] : []),
    'connection: close',
  ]
  socket.once('finish', () => socket.destroy())
  socket.end([...head, '', body].join('\r\n'))
}
