/** Bounds the time that a client may take to send a request that is read as a whole before it is worked on. */

import type { FastifyRequest } from 'fastify'

/** Longest time from the request's head to its last byte. */
const REQUEST_MS_MAX = 120_000

/** An `onRequest` hook: whoever is too slow is told so, and the connection is closed. */
export function inTime(requestMsMax = REQUEST_MS_MAX) {
  return async ({ raw }: FastifyRequest) => {
    const timer = setTimeout(() => {
      if (!raw.complete) raw.socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n')
    }, requestMsMax)
    raw.once('close', () => clearTimeout(timer))
  }
}
