import { describe, expect, it } from 'vitest'
import { StoreFailed } from '../../../schema/process/store-faults.ts'
import { fittingRows } from './chunk-size.ts'
import type { FeedOptions } from './create-feed.ts'
import { cursorAt } from './cursor.ts'
import { openedFeed, settled } from './opened-feed.fixture.ts'
import { RememberedStream } from './remembered-stream.fixture.ts'
import type { ChunkSize, SnapshotSource } from './snapshot-source.ts'
import { changeOf, filterOf, pulled, worded } from './told.fixture.ts'
import { World, type Write } from './world.fixture.ts'

describe('A snapshot', () => {
  const gold = (entity: string, ...ids: readonly string[]): readonly Write[] =>
    ids.map((id) => ({ entity, id, group: 'gold' }))
  const RECORDS = [...gold('Customer', 'a', 'b', 'c', 'd', 'e'), ...gold('Order', 'x', 'y')]

  /** Five customers and two orders, read two at a time, whose writes have all arrived. */
  const opened = (options: Partial<Omit<FeedOptions, 'stream'>> = {}) => {
    const stream = new RememberedStream()
    const world = new World(stream, ['Customer', 'Order'], () => Promise.resolve())
    for (const write of RECORDS) world.commit(write)
    world.publish(RECORDS.length)
    const { source, published } = world
    const limits = { snapshotRowsMax: 2, ...options.limits }
    return { world, ...openedFeed({ stream, source, published, ...options, limits }) }
  }
  const ALL = ['row a', 'row b', 'row c', 'row d', 'row e', 'row x', 'row y']

  it('comes after the opening and before the changes, entity by entity', async () => {
    const { open, world, feed } = opened()
    const subscriber = open({ snapshot: true })
    expect((await pulled(subscriber, 8)).map(worded)).toEqual(['StreamOpened', ...ALL])
    expect(feed.load()).toMatchObject({ live: 1 })
    world.commit({ entity: 'Order', id: 'z', group: 'lead' })
    world.publish(1)
    expect((await pulled(subscriber, 1)).map(worded)).toEqual(['z'])
  })

  it('comes after the changes that are kept, where these were asked for', async () => {
    const { open } = opened()
    const all = ['StreamOpened', 'a', 'b', 'c', 'd', 'e', 'x', 'y', ...ALL]
    expect((await pulled(open({ from: 'OLDEST', snapshot: true }), 15)).map(worded)).toEqual(all)
  })

  it('has the records that the filter asks for', async () => {
    const { open, world } = opened()
    world.commit({ entity: 'Customer', id: 'c', group: 'lead' })
    world.publish(1)
    const wanted = { entities: ['Customer', 'Nothing'], values: [{ field: 'group', in: ['gold'] }] }
    const rows = await pulled(open({ snapshot: true, filter: filterOf(wanted) }), 5)
    expect(rows.map(worded)).toEqual(['StreamOpened', 'row a', 'row b', 'row d', 'row e'])
    expect(rows[1]).toMatchObject({ row: { entity: 'Customer', id: 'a', revision: 1, record: { group: 'gold' } } })
  })

  it('of large records costs no more than a window and a chunk of as many bytes, and reads less at once', async () => {
    const LARGE = 100_000
    const ids = Array.from({ length: 60 }, (_, index) => `${index + 10}`)
    const asked: ChunkSize[] = []
    const source: SnapshotSource = {
      entities: ['Customer'],
      async chunk(entity, _, after, size) {
        asked.push(size)
        const left = ids.filter((id) => after === null || id > after)
        const read = left.slice(0, size.rowsMax).map((id) => {
          // The first are small, so that too much is asked for when the large ones come.
          const record = { note: 'x'.repeat(id < '30' ? 1 : LARGE) }
          return { entity, id, company: 'usmf', revision: 1, record }
        })
        const rows = read.slice(0, fittingRows(read, size))
        return { rows, next: rows.length < left.length ? (rows.at(-1)?.id ?? null) : null }
      },
    }
    const { open, feed } = openedFeed({ source, limits: { windowBytesMax: 5 * LARGE } })
    const subscriber = open({ snapshot: true })
    await pulled(subscriber, 1)
    for (const id of ids) {
      expect((await pulled(subscriber, 1)).map(worded)).toEqual([`row ${id}`])
      expect(feed.load().bytes).toBeLessThanOrEqual(5 * LARGE)
    }
    expect(asked.slice(0, 4).map(({ rowsMax }) => rowsMax)).toEqual([10, 40, 17, 4])
    expect(asked.at(-1)?.rowsMax).toBe(4)
  })

  it('gives rows as the window has room for them, and the changes that come meanwhile after them', async () => {
    const limits = { snapshotRowsMax: 5, windowMessagesMax: 2 }
    const { open, world, feed } = opened({ limits })
    const subscriber = open({ snapshot: true, filter: filterOf({ entities: ['Customer'] }) })
    expect((await pulled(subscriber, 2)).map(worded)).toEqual(['StreamOpened', 'row a'])
    expect(feed.load().messages).toBe(1)
    world.commit({ entity: 'Customer', id: 'e', group: 'silver' })
    world.publish(1)
    const rest = await pulled(subscriber, 5)
    expect(rest.map(worded)).toEqual(['row b', 'row c', 'row d', 'row e', 'e'])
  })

  it('of nothing that can be read is over at once', async () => {
    const { open, stream } = opened()
    const subscriber = open({ snapshot: true, filter: filterOf({ entities: ['Nothing', 'Invoice'] }) })
    const [first] = await pulled(subscriber, 1)
    expect(first?.cursor).toBe(cursorAt(stream.newest))
    stream.append(changeOf('i', { entity: 'Invoice' }))
    expect((await pulled(subscriber, 1)).map(worded)).toEqual(['i'])
  })

  it('lets a change win over the row, be the change still on its way when the row is read', async () => {
    const { open, world } = opened()
    const subscriber = open({ snapshot: true })
    await pulled(subscriber, 1)
    world.commit({ entity: 'Customer', id: 'b', group: 'silver' })
    world.commit({ entity: 'Customer', id: 'a', group: null })
    world.commit({ entity: 'Customer', id: 'c', group: 'silver' })
    const expected = ['b', 'a', 'c', 'row d', 'row e', 'row x', 'row y']
    expect((await pulled(subscriber, 7)).map(worded)).toEqual(expected)
  })

  it('goes on in the middle after the cursor of any message, in another process, and after the last is over', async () => {
    const { open, stream, world } = opened()
    const messages = await pulled(open({ snapshot: true }), 8)
    // A chunk is read again from its beginning, where it was cut off in the middle.
    const rest = [0, 0, 2, 2, 4, 5, 5, 7].map((begin) => ALL.slice(begin))
    for (const [index, { cursor }] of messages.entries()) {
      const elsewhere = openedFeed({ stream, source: world.source, limits: { snapshotRowsMax: 2 } })
      const resumed = elsewhere.open({ from: { after: cursor }, snapshot: index % 2 === 0 })
      const expected = ['StreamOpened', ...(rest[index] ?? [])]
      expect((await pulled(resumed, expected.length)).map(worded)).toEqual(expected)
      expect(elsewhere.feed.load()).toMatchObject({ live: 1, messages: 0 })
    }
  })

  it('is not gone on with under another filter, which a cursor of no snapshot does not mind', async () => {
    const { open } = opened()
    const messages = await pulled(open({ snapshot: true }), 8)
    const [middle, last] = [messages[3]?.cursor ?? '', messages[7]?.cursor ?? '']
    const filter = filterOf({ ids: ['a'] })
    await expect(open({ filter, from: { after: middle } }).next()).rejects.toMatchObject({
      refusal: { code: 'CURSOR_INVALID' },
    })
    expect((await pulled(open({ filter, from: { after: last } }), 1)).map(worded)).toEqual(['StreamOpened'])
  })

  it('is not gone on with where its records are no longer served', async () => {
    const { open, stream, world } = opened()
    const [, first] = await pulled(open({ snapshot: true }), 2)
    const source = { ...world.source, entities: ['Order'] }
    const elsewhere = openedFeed({ stream, source })
    await expect(elsewhere.open({ from: { after: first?.cursor ?? '' } }).next()).rejects.toMatchObject({
      refusal: { code: 'CURSOR_INVALID' },
    })
  })

  it('cannot go on where changes since are no longer kept', async () => {
    const { open, stream } = opened()
    const [, first] = await pulled(open({ snapshot: true }), 2)
    stream.append(changeOf('a'), changeOf('b'))
    stream.drop(1)
    await expect(open({ from: { after: first?.cursor ?? '' } }).next()).rejects.toMatchObject({
      refusal: { code: 'CURSOR_EXPIRED' },
    })
  })

  it('fails with its source, and goes on from the last cursor', async () => {
    const { open, world, stream } = opened()
    const messages = await pulled(open({ snapshot: true }), 3)
    const failed = new StoreFailed('CRM does not answer')
    const broken = openedFeed({ stream, source: { ...world.source, chunk: () => Promise.reject(failed) } })
    const from = { after: messages[2]?.cursor ?? '' }
    const resumed = broken.open({ from })
    await pulled(resumed, 1)
    await expect(resumed.next()).rejects.toBe(failed)
    expect(broken.feed.load().subscribers).toBe(0)
    expect((await pulled(open({ from }), 2)).map(worded)).toEqual(['StreamOpened', 'row c'])
  })

  it('that takes long is accompanied by heartbeats, from which it goes on', async () => {
    const { world } = opened()
    const read = Promise.withResolvers<void>()
    const source = {
      ...world.source,
      chunk: (...asked: Parameters<typeof world.source.chunk>) => read.promise.then(() => world.source.chunk(...asked)),
    }
    const { open, clock } = opened({ source })
    const subscriber = open({ snapshot: true })
    await pulled(subscriber, 1)
    for (let beat = 0; beat < 2; beat += 1) {
      const next = pulled(subscriber, 1)
      await settled()
      clock.advance(15_000)
      const [heartbeat] = await next
      expect(worded(heartbeat)).toBe('Heartbeat')
      expect((await pulled(opened().open({ from: { after: heartbeat?.cursor ?? '' } }), 2)).map(worded)).toEqual([
        'StreamOpened',
        'row a',
      ])
    }
    read.resolve()
    expect((await pulled(subscriber, 7)).map(worded)).toEqual(ALL)
  })

  it('is left in the middle of a read, of a wait for what is on its way, or of a chunk, with nothing left behind', async () => {
    const never = new Promise<never>(() => {})
    let told: AbortSignal | null = null
    const published = (signal: AbortSignal) => {
      told = signal
      return never
    }
    for (const options of [{ published }, { source: { entities: ['Customer'], chunk: () => never } }, {}]) {
      const { open, clock, stream, feed } = opened(options)
      const stop = new AbortController()
      const subscriber = open({ snapshot: true }, stop.signal)
      await pulled(subscriber, 1)
      const next = subscriber.next()
      await settled()
      stop.abort()
      await next
      await settled()
      expect(await subscriber.next()).toMatchObject({ done: true })
      expect([clock.armed(), stream.waiting]).toEqual([0, 0])
      expect(feed.load()).toEqual({ subscribers: 0, live: 0, filters: 0, messages: 0, bytes: 0 })
    }
    expect(told).toMatchObject({ aborted: true })
  })

  it('that is not taken in time ends with the last cursor, and is gone on with there', async () => {
    const { open, clock, feed } = opened()
    const slow = open({ snapshot: true })
    const messages = await pulled(slow, 4)
    expect(feed.load().messages).toBe(1)
    await settled()
    clock.advance(30_000)
    expect(feed.load()).toMatchObject({ subscribers: 0, messages: 0 })
    const cursor = messages[3]?.cursor ?? ''
    await expect(slow.next()).rejects.toMatchObject({ refusal: { code: 'SLOW_CONSUMER', cursor } })
    expect((await pulled(open({ from: { after: cursor } }), 3)).map(worded)).toEqual(['StreamOpened', 'row c', 'row d'])
  })
})
