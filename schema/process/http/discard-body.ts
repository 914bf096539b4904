/** Refused bodies are read all the same, to some extent, so that their senders read the answer. */

import type { IncomingMessage } from 'node:http'

/** Most of a refused body that is read before the connection is given up, and the longest time that may take. */
const DISCARDED_BYTES_MAX = 64 * 1024 * 1024
const DISCARD_MS_MAX = 10_000

/**
 * Reads the rest of a body that is too large and throws it away: a client that is still sending when the connection
 * closes would see it break and never read the answer.
 */
export async function discardBody(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return
  const done = Promise.withResolvers<void>()
  const timer = setTimeout(done.resolve, DISCARD_MS_MAX)
  let discarded = 0
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length
    if (discarded > DISCARDED_BYTES_MAX) done.resolve()
  })
  for (const event of ['end', 'close', 'error']) request.once(event, done.resolve)
  request.resume()
  await done.promise
  clearTimeout(timer)
}
