/**
 * Probes. `/health/live` answers as long as the process does; `/health/ready` says whether requests can be served, with
 * the reasons why not.
 */

import type { Dependency, HttpParts, HttpPlugin } from './parts.ts'

/** A dependency that takes longer than this to answer counts as missing. */
const CHECK_MS_MAX = 1_000

export const health: HttpPlugin = (server, parts) => {
  server.get('/health/live', async () => ({ status: 'live' }))
  server.get('/health/ready', async (_request, reply) => {
    const reasons = await reasonsNotReady(parts)
    return reasons.length === 0 ? { status: 'ready' } : reply.code(503).send({ status: 'not ready', reasons })
  })
}

async function reasonsNotReady(parts: HttpParts): Promise<readonly string[]> {
  const phase = parts.admission.phase()
  if (phase === 'STARTING') return ['the server is starting']
  if (phase === 'DRAINING') return ['the server is shutting down']
  const reasons = await Promise.all(
    parts.dependencies.map(async (dependency) => {
      const wrong = await faultOf(dependency)
      return wrong === null ? [] : [`${dependency.name} ${wrong}`]
    }),
  )
  return reasons.flat()
}

const SILENT = 'does not answer'

async function faultOf({ check }: Dependency): Promise<string | null> {
  const late = Promise.withResolvers<string>()
  const timer = setTimeout(() => late.resolve(SILENT), CHECK_MS_MAX)
  const fault = await Promise.race([check().catch(() => SILENT), late.promise])
  clearTimeout(timer)
  return fault
}
