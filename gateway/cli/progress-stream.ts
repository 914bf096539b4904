/** The progress of a job as the API tells it by itself: GraphQL over a WebSocket. */

import { createClient } from 'graphql-ws'
import { type ImportJob, JOB_FIELDS } from './import-job.ts'

const QUERY = `subscription Progress($id: ID!) { job: importProgress(id: $id) { ${JOB_FIELDS} } }`

/** Ends when the stream does, for whatever reason: whoever wants more asks for it. */
export async function* progressStream(url: string, id: string, signal: AbortSignal): AsyncGenerator<ImportJob> {
  const client = createClient({ url: `${url.replace(/^http/, 'ws')}/graphql`, retryAttempts: 0 })
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
    signal.removeEventListener('abort', leave)
    await client.dispose()
  }
}
