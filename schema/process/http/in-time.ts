/**
 * Bounds the time that a client may take to send a request: whoever is too slow is told so, and the connection is closed.
 * Open routes take as long as they like.
 */

import type { FastifyRequest } from 'fastify'
import type { HttpPlugin } from './parts.ts'

/** Longest time from a request's head to its last byte. */
const REQUEST_MS_MAX = 120_000

export const inTime: HttpPlugin = (server, { open = [] }) => {
  const isOpen = ({ routeOptions }: FastifyRequest) =>
    open.some(({ prefix }) => routeOptions.url?.startsWith(`${prefix}/`) === true)
  const bound = boundTime(REQUEST_MS_MAX)
  server.addHook('onRequest', async (request) => {
    if (!isOpen(request)) bound(request)
  })
}

/** Starts to count. */
export function boundTime(requestMsMax: number) {
  return ({ raw }: Pick<FastifyRequest, 'raw'>): void => {
    const timer = setTimeout(() => {
      if (!raw.complete) raw.socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n')
    }, requestMsMax)
    raw.once('close', () => clearTimeout(timer))
  }
}
