/** An answer of server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */

import type { ServerResponse } from 'node:http'
import type { Clock } from '../../coordinator/environment.ts'
import type { StreamedResult } from '../../graph/operations.ts'
import { everyBeat, STALLED_BEATS_MAX } from '../beat.ts'

export interface EventStream {
  /** Resolves when the text is with the kernel, or the signal has been given because it never will be. */
  write(text: string): Promise<void>
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // Some proxies would keep events back until they have many.
  'x-accel-buffering': 'no',
  // The stream and its connection end together, so that a server that shuts down need not wait for either.
  connection: 'close',
}

/** A comment, which clients pass over. */
const SILENT = ':\n\n'

/** With an empty `data`, without which a browser would not hand it over. */
export const COMPLETE = 'event: complete\ndata:\n\n'

/** The event's id is what a client sends as `Last-Event-ID` when it comes back. */
export const nextEvent = ({ result, cursor }: StreamedResult): string =>
  `event: next\n${cursor === null ? '' : `id: ${cursor}\n`}data: ${JSON.stringify(result)}\n\n`

/**
 * Begins the answer at once: some browsers tell of a stream only when its first bytes are there. Gives `closing`'s signal
 * when nothing more can be written.
 */
export function openEventStream(response: ServerResponse, closing: AbortController, clock: Clock): EventStream {
  const unsent = new Set<() => void>()
  let stalledBeats = 0

  const write = (text: string) =>
    new Promise<void>((resolve) => {
      if (response.destroyed) closing.abort()
      if (closing.signal.aborted) return resolve()
      unsent.add(resolve)
      response.write(text, (error) => {
        if (error == null) stalledBeats = 0
        // At once, not when the connection has closed: whoever writes would go on until then.
        else closing.abort()
        unsent.delete(resolve)
        resolve()
      })
    })

  const stopBeating = everyBeat(clock, () => {
    if (unsent.size === 0) return void write(SILENT)
    if (stalledBeats >= STALLED_BEATS_MAX) return void response.destroy()
    stalledBeats += 1
  })
  response.once('close', stopBeating)
  closing.signal.addEventListener('abort', () => {
    for (const resolve of unsent) resolve()
  })
  response.writeHead(200, HEADERS)
  void write(SILENT)
  return { write }
}
