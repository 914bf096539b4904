import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../schema/process/config.ts'
import { until } from '../coordinator/two-systems.ts'
import { type Lockstep, startLockstep, write } from './lockstep.ts'
import { type Message, subscribe, subscribed, subscribeToEvents } from './subscriber.ts'

/** Together more than twice what is kept. */
const UPDATES = 400
/** As much as the notes of a customer take, in characters of three bytes. */
const MEMO = '界'.repeat(1_000)
const SELECTION = '... on Change { revision }'

describe('A client that comes back when changes since are no longer kept', () => {
  let directory: string
  let lockstep: Lockstep
  let id: string
  /** The first change of all. */
  let first: Message

  const revisionsOf = (messages: readonly Message[]) => messages.map(({ revision }) => revision)
  const field = (from: string) => `changes(filter: { ids: ["${id}"] }, ${from})`
  const keptBytes = async (): Promise<number> => {
    const page = await lockstep.app.changes.read({ from: 'OLDEST', entriesMax: 10_000, bytesMax: 100_000_000 })
    if (page.read !== 'PAGE') throw new Error(`No page but ${page.read}`)
    return page.entries.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockstep-retention-'))
    lockstep = await startLockstep({ dataDirectory: directory })
    const input = { company: 'usmf', number: 'KEPT', name: 'Kept', group: { code: 'RETAIL' } }
    const created = await write(lockstep.graph, 'createCustomer', { input })
    id = created.id ?? ''
    for (let update = 0; update < UPDATES; update += 1) {
      const { errors } = await write(lockstep.graph, 'updateCustomer', {
        id,
        input: { memo: `${update} ${MEMO.slice(5)}` },
      })
      expect(errors).toEqual([])
    }
    const all = await subscribed(lockstep.url, field('from: HEAD'), SELECTION)
    const changes = await all.take(UPDATES + 1)
    expect(revisionsOf(changes)).toEqual(Array.from({ length: UPDATES + 1 }, (_, index) => index + 1))
    const [oldest] = changes
    if (oldest === undefined) throw new Error('there is no change')
    first = oldest
    await all.close()
    await lockstep.stop()
    const { changesKeepBytes } = readConfig({ LOCKSTEP_CHANGES_KEEP_BYTES: '1048576' })
    lockstep = await startLockstep({ dataDirectory: directory, changesKeepBytes })
    await until(async () => (await keptBytes()) <= changesKeepBytes)
  }, 120_000)
  afterAll(async () => {
    await lockstep.stop()
    await rm(directory, { recursive: true })
  })

  it.each([
    ['a WebSocket', subscribe],
    ['server-sent events', subscribeToEvents],
  ])('is told so over %s, and from where it can go on: there it gets all that is kept', async (_name, how) => {
    const client = how(lockstep.url, field(`after: "${first.cursor}"`), SELECTION)
    const [{ extensions }] = await client.next().then(
      () => [{}],
      (error: Error) => JSON.parse(error.message),
    )
    expect(extensions).toEqual({ code: 'CURSOR_EXPIRED', cursor: expect.any(String) })
    await expect(client.next()).rejects.toThrow('the stream has ended')
    await client.close()

    const again = await subscribed(lockstep.url, field(`after: "${extensions.cursor}"`), SELECTION, how)
    const [oldest] = await again.take(1)
    const begin = Number(oldest?.['revision'])
    expect(begin).toBeGreaterThan(2)
    const rest = await again.take(UPDATES + 1 - begin)
    expect(revisionsOf(rest)).toEqual(Array.from({ length: UPDATES + 1 - begin }, (_, index) => begin + 1 + index))
    await again.close()
    const kept = await subscribed(lockstep.url, field('from: HEAD'), SELECTION, how)
    expect(revisionsOf(await kept.take(1))).toEqual([begin])
    await kept.close()
  })

  it('is given no change in place of those that are gone, by a reconnect of server-sent events either', async () => {
    const query = `subscription { message: ${field('from: HEAD')} { __typename cursor } }`
    const answer = await fetch(`${lockstep.url}/graphql/stream?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream', 'last-event-id': first.cursor },
    })
    const text = await answer.text()
    expect(text).toContain('CURSOR_EXPIRED')
    expect(text).not.toContain('"__typename":"Change"')
    expect(text).toContain('event: complete')
    // A client that reconnects by itself with this id would skip what is gone without a word.
    expect(text).not.toMatch(/^id:/m)
  })
})
