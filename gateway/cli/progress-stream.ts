/** The progress of a job as the API tells it by itself: GraphQL over a WebSocket. */

import { createClient } from 'graphql-ws'
import { type ImportJob, JOB_FIELDS } from './import-job.ts'

const QUERY = `subscription Progress($id: ID!) { job: importProgress(id: $id) { ${JOB_FIELDS} } }`

/** A connection that may be gone unheard, as one to a machine that lost its power, is tried so often, and given so long. */
const PING_EVERY_MS = 10_000
const PONG_WITHIN_MS = 10_000

/** Ends when the stream does, for whatever reason: whoever wants more asks for it. */
export async function* progressStream(url: string, id: string, signal: AbortSignal): AsyncGenerator<ImportJob> {
  let unanswered: NodeJS.Timeout | undefined
  const client = createClient({
    ...{ url: `${url.replace(/^http/, 'ws')}/graphql`, retryAttempts: 0, keepAlive: PING_EVERY_MS },
    connectionAckWaitTimeout: PONG_WITHIN_MS,
    on: {
      ping: (isReceived) => {
        if (!isReceived) unanswered = setTimeout(() => client.terminate(), PONG_WITHIN_MS)
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(unanswered)
      },
    },
  })
  const leave = () => void client.dispose()
  signal.addEventListener('abort', leave)
  try {
    for await (const { data, errors } of client.iterate<{ job: ImportJob }>({ query: QUERY, variables: { id } })) {
      if (data == null || errors !== undefined) return
      yield data.job
    }
  } catch {
    return
  } finally {
    clearTimeout(unanswered)
    signal.removeEventListener('abort', leave)
    await client.dispose()
  }
}
