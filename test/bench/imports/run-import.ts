/** One import from the first byte of its file to its end, and what the server holds in memory meanwhile. */

import { follow } from '../../../gateway/cli/follow.ts'
import { openGraph } from '../../../gateway/cli/graph.ts'
import type { ImportJob } from '../../../gateway/cli/import-job.ts'
import { describeFile } from '../../../gateway/cli/local-file.ts'
import { progressStream } from '../../../gateway/cli/progress-stream.ts'
import { sendFile } from '../../../gateway/cli/send-file.ts'
import type { Server } from './server.ts'

export interface Imported {
  readonly rowsPerSecond: number
  /** In bytes: before it, and the largest of many looks in the first quarter of the rows, in the last one, and in all. */
  readonly memory: { readonly before: number; readonly early: number; readonly late: number; readonly most: number }
}

const LOOK_EVERY_MS = 100

/** Throws unless all rows became what they were to become. */
export async function runImport(
  server: Server,
  path: string,
  wanted: { readonly rows: number; readonly outcome: 'created' | 'updated' },
): Promise<Imported> {
  const graph = openGraph(server.url)
  const described = await describeFile(path)
  const memory = { before: server.residentBytes(), early: 0, late: 0, most: 0 }
  let share = 0
  const look = setInterval(() => {
    const bytes = server.residentBytes()
    memory.most = Math.max(memory.most, bytes)
    if (share < 0.25) memory.early = Math.max(memory.early, bytes)
    if (share >= 0.75) memory.late = Math.max(memory.late, bytes)
  }, LOOK_EVERY_MS)
  const begun = performance.now()
  try {
    const upload = await graph.createUpload(described)
    await sendFile(server.url, upload, { path, size: described.size })
    let job = await graph.bulkImport(upload.id, { entity: 'Customer' })
    for await (const next of followed(server, job)) {
      job = next
      share = job.progress.done / wanted.rows
    }
    if (job.state !== 'COMPLETED' || job.outcomes[wanted.outcome] !== wanted.rows) throw new Error(JSON.stringify(job))
    return { rowsPerSecond: (wanted.rows * 1_000) / (performance.now() - begun), memory }
  } finally {
    clearInterval(look)
  }
}

function followed({ url }: Server, { id }: ImportJob): AsyncIterable<ImportJob> {
  const { signal } = new AbortController()
  const ask = () => Promise.reject(new Error('the progress ended before the import did'))
  const patience = { now: () => performance.now(), pause: async () => {}, warned: () => {}, signal }
  return follow({ stream: () => progressStream(url, id, signal), ask, ...patience })
}
