import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify from 'fastify'
import { describe } from 'vitest'
import { remoteParticipant } from '../../gateway/systems/remote-participant.ts'
import { connectTo } from '../../schema/process/http/peer.ts'
import { tablesDigest } from '../../schema/table-digest.ts'
import { participantRoutes } from '../../subgraphs/kit/participant-http.ts'
import { computedContract } from '../../subgraphs/kit/stores/contract/computed.contract.ts'
import { locksContract } from '../../subgraphs/kit/stores/contract/locks.contract.ts'
import type { Open } from '../../subgraphs/kit/stores/contract/opened.contract.ts'
import { outboxContract } from '../../subgraphs/kit/stores/contract/outbox.contract.ts'
import { outcomesContract } from '../../subgraphs/kit/stores/contract/outcomes.contract.ts'
import { partsContract } from '../../subgraphs/kit/stores/contract/parts.contract.ts'
import { tables } from '../../subgraphs/kit/stores/contract/system.contract.ts'
import type { RecordStore } from '../../subgraphs/kit/stores/record-store.ts'
import { openSqliteStore } from '../../subgraphs/kit/stores/sqlite/store.ts'

const TOKEN = 'a-token-of-the-tests'
const { href: module } = new URL('../../subgraphs/kit/stores/contract/system.contract.ts', import.meta.url)
const logic = { rules: { module, export: 'rules' }, computations: { module, export: 'computations' } }

/** A SQLite store whose participant is called over HTTP. What is no part of the protocol is asked of the store itself. */
async function openOverHttp(folder: string): Promise<RecordStore> {
  const store = await openSqliteStore({ system: 'ERP', file: join(folder, 'erp.sqlite'), tables, logic })
  const server = fastify()
  await server.register(participantRoutes({ participant: store, token: TOKEN }), { prefix: '/erp' })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  const [peer, endingPeer] = [connectTo(url, TOKEN), connectTo(url, TOKEN)]
  const participant = remoteParticipant({
    ...{ system: 'ERP', peer, endingPeer, tables: tablesDigest(tables), callTimeoutMs: 10_000 },
    now: Date.now,
  })
  return {
    ...participant,
    get: (table, keys) => store.get(table, keys),
    query: (query) => store.query(query),
    queryGroups: (query) => store.queryGroups(query),
    count: (query) => store.count(query),
    countGroups: (query) => store.countGroups(query),
    statistics: () => store.statistics(),
    onCommit: (listener) => store.onCommit(listener),
    async close() {
      await server.close()
      await Promise.all([peer.close(), endingPeer.close()])
      await store.close()
    },
  }
}

const open: Open = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-http-'))
  let current = await openOverHttp(folder)
  return {
    store: current,
    reopen: async () => {
      await current.close()
      current = await openOverHttp(folder)
      return current
    },
    dispose: async () => {
      await current.close()
      await rm(folder, { recursive: true })
    },
  }
}

describe('A participant in another process answers as its store does:', () => {
  describe('outcomes of transactions', () => outcomesContract(open))
  describe('outbox', () => outboxContract(open))
  describe('locks', () => locksContract(open))
  describe('parts', () => partsContract(open))
  describe('computed columns', () => computedContract(open))
})
