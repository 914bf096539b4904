import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { shippedMapSet } from '../../maps/shipped.ts'
import { createLog } from '../../schema/process/log.ts'
import { tablesDigest } from '../../schema/table-digest.ts'
import { remoteSystem } from './remote-system.ts'

const mapSet = shippedMapSet()
const tables = [...mapSet.tables.ERP.values()]

describe('the health of a system in another process', () => {
  let server: FastifyInstance
  let opened: AsyncDisposableStack
  beforeEach(() => {
    server = fastify({ forceCloseConnections: true })
    opened = new AsyncDisposableStack()
    opened.defer(() => server.close())
  })
  afterEach(() => opened.disposeAsync())

  /** Of an ERP that answers what is described of it, and holds nothing in doubt. */
  async function checkOf(described: { readonly tables: readonly object[]; readonly digest: string }, status = 200) {
    server.post<{ Body: { call: string } }>('/erp/participant', async ({ body }, reply) => {
      const ok = body.call === 'describe' ? { system: 'ERP', ...described } : []
      return reply.code(status).send(`${JSON.stringify({ index: 0, ok })}\n`)
    })
    const erpUrl = await server.listen({ host: '127.0.0.1', port: 0 })
    const { dependency } = remoteSystem('ERP', {
      config: { crmUrl: erpUrl, erpUrl, callTimeoutMs: 5_000 },
      ...{ token: 'token', mapSet, clock: Date.now, log: createLog('silent'), opened },
    })
    return dependency.check()
  }

  it('is good where it has the tables of this gateway', async () => {
    expect(await checkOf({ tables, digest: tablesDigest(tables) })).toBeNull()
  })

  it('says that its tables are others', async () => {
    const fewer = tables.slice(1)
    expect(await checkOf({ tables: fewer, digest: tablesDigest(fewer) })).toBe(
      'has other tables than this gateway was built for',
    )
  })

  it('says that its token is another', async () => {
    expect(await checkOf({ tables, digest: '' }, 401)).toBe('has another service token')
  })

  it('is no answer where the system says nothing of use', async () => {
    await expect(checkOf({ tables, digest: '' }, 500)).rejects.toThrow('status 500')
  })
})
