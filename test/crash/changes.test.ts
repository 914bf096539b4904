import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GraphQLClient } from 'graphql-request'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Message, subscribe } from '../e2e/subscriber.ts'
import { startProcess } from '../process/process.ts'
import { writeUntilKilled } from './load.ts'
import { readFiles } from './outside.ts'

const KILLS = 8
const CLIENTS = 12
const ACKNOWLEDGED_MAX = 60
const SELECTION = '... on Change { transactionId id revision }'
const CUSTOMERS = 'filter: { entities: ["Customer"] }'

interface Page {
  readonly edges: readonly { readonly node: Message }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string }
}

describe(`subscribers of a process killed ${KILLS} times while ${CLIENTS} clients write`, () => {
  let directory: string
  /** What one subscriber got, who came back with its last cursor after every kill. */
  const told: Message[] = []
  const seen = new Set<unknown>()
  /** What is in the stream in the end, page by page. */
  const kept: Message[] = []
  const committed = new Set<string>()
  let cursor: string | null = null

  const start = async () => {
    const lockstep = startProcess({ LOCKSTEP_DATA_DIR: directory, LOCKSTEP_LOG_LEVEL: 'error' })
    const url = await lockstep.url
    const from: string = cursor === null ? 'from: HEAD' : `after: "${cursor}"`
    return { lockstep, url, subscriber: subscribe(url, `changes(${CUSTOMERS}, ${from})`, SELECTION) }
  }

  /** Until the process under it dies, or there is enough. */
  const listen = async (next: () => Promise<Message>, isEnough: () => boolean): Promise<void> => {
    while (!isEnough()) {
      const message = await next().catch(() => null)
      if (message === null) return
      cursor = message.cursor
      if (message.__typename === 'Change') told.push(message)
      seen.add(message['transactionId'])
    }
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockstep-stream-'))
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { lockstep, url, subscriber } = await start()
      const listening = listen(subscriber.next, () => false)
      const acknowledged = 1 + Math.floor(Math.random() * ACKNOWLEDGED_MAX)
      const siege = { url, name: `S${kill}`, clients: CLIENTS, acknowledged }
      await writeUntilKilled(siege, () => lockstep.signal('SIGKILL'))
      await Promise.all([lockstep.exit, listening])
    }
    const { lockstep, url, subscriber } = await start()
    const { CRM } = readFiles(directory)
    const written = [...CRM.transactions.values()].filter(
      ({ state, writes }) => state === 'COMMITTED' && writes.length > 0,
    )
    for (const { id } of written) committed.add(id)
    await listen(subscriber.next, () => [...committed].every((id) => seen.has(id)))
    await subscriber.close()
    const graph = new GraphQLClient(`${url}/graphql`)
    for (let after: string | null = null; ; ) {
      const { changes }: { changes: Page } = await graph.request(
        `query($after: String) { changes(${CUSTOMERS}, after: $after, first: 500) {
          edges { node { __typename cursor ${SELECTION} } } pageInfo { hasNextPage endCursor } } }`,
        { after },
      )
      kept.push(...changes.edges.map(({ node }) => node))
      after = changes.pageInfo.endCursor
      if (!changes.pageInfo.hasNextPage) break
    }
    lockstep.signal('SIGKILL')
    await lockstep.exit
  }, 240_000)

  afterAll(() => rm(directory, { recursive: true, force: true }))

  it('are told of every commit, and of nothing else', () => {
    expect(committed.size).toBeGreaterThan(KILLS)
    expect(new Set(told.map(({ transactionId }) => transactionId))).toEqual(committed)
    expect(new Set(kept.map(({ transactionId }) => transactionId))).toEqual(committed)
  })

  it('find each change in the stream once, and each record in the order of its revisions', () => {
    const marks = kept.map(({ transactionId, id }) => `${transactionId} ${id}`)
    expect(new Set(marks).size).toBe(marks.length)
    const last = new Map<unknown, number>()
    const backwards = kept.filter(({ id, revision }) => {
      const before = last.get(id) ?? 0
      last.set(id, Number(revision))
      return Number(revision) <= before
    })
    expect(backwards).toEqual([])
  })
})
