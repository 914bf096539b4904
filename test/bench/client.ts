/**
 * The load: HTTP clients in a thread of their own, so that they do not share the server's event loop. Each sends its
 * next request when the last one is answered.
 */

import { Agent, request } from 'node:http'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'

export interface Load {
  readonly url: string
  /** Bodies that the clients take in turn, each with `{{turn}}` replaced by a number that never repeats. */
  readonly bodies: readonly string[]
  /** What every right answer contains. */
  readonly wanted: string
  readonly clients: number
  readonly requests: number
}

export interface Measured {
  /** Milliseconds, in no order. */
  readonly latencies: readonly number[]
  readonly elapsedMs: number
  /** The first answer that was not what was wanted; null if all were. */
  readonly fault: string | null
}

export interface LoadGenerator {
  run(load: Load): Promise<Measured>
  close(): Promise<void>
}

export function startLoadGenerator(): LoadGenerator {
  const worker = new Worker(new URL(import.meta.url))
  return {
    run(load) {
      const answer = Promise.withResolvers<Measured>()
      worker.once('message', answer.resolve)
      worker.once('error', answer.reject)
      worker.postMessage(load)
      return answer.promise.finally(() => worker.removeListener('error', answer.reject))
    },
    async close() {
      await worker.terminate()
    },
  }
}

let turn = 0

async function carryOut({ url, bodies, wanted, clients, requests }: Load): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const latencies: number[] = []
  let fault: string | null = null
  let sent = 0
  const client = async (): Promise<void> => {
    while (sent < requests) {
      sent += 1
      turn += 1
      const body = (bodies[turn % bodies.length] ?? '').replaceAll('{{turn}}', String(turn))
      const begun = performance.now()
      const answer = await post(agent, url, body)
      latencies.push(performance.now() - begun)
      if (fault === null && !answer.includes(wanted)) fault = answer.slice(0, 500)
    }
  }
  const begun = performance.now()
  await Promise.all(Array.from({ length: clients }, client))
  const elapsedMs = performance.now() - begun
  agent.destroy()
  return { latencies, elapsedMs, fault }
}

function post(agent: Agent, url: string, body: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const sent = request(url, { method: 'POST', agent, headers }, (response) => {
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      text += chunk
    })
    response.on('end', () => resolve(text))
  })
  sent.on('error', reject)
  sent.end(body)
  return promise
}

if (!isMainThread) {
  parentPort?.on('message', (load: Load) => {
    void carryOut(load).then((measured) => parentPort?.postMessage(measured))
  })
}
