import { describe, expect, it } from 'vitest'
import type { ChangeStream, Position, ReadAnswer } from '../stream/stream.ts'
import { sharedPageAfter } from './shared-pages.ts'

const LIMITS = { entriesMax: 256, bytesMax: 1_000_000 }
const position = (name: string) => name as Position

function streamOf(answer: (after: string) => Partial<ReadAnswer>) {
  const reads: string[] = []
  const stream: Pick<ChangeStream, 'read'> = {
    read: async ({ from }) => {
      const after = typeof from === 'string' ? from : from.after
      reads.push(after)
      return { read: 'PAGE', entries: [], next: position(`${after}+`), hasMore: true, ...answer(after) } as ReadAnswer
    },
  }
  return { stream, reads }
}

describe('Subscribers that read by themselves from one place', () => {
  it('share the page, so that each change of it is one message to all of them', async () => {
    const { stream, reads } = streamOf(() => ({}))
    const [one, other] = await Promise.all([1, 2].map(() => sharedPageAfter(stream, position('p'), LIMITS)))
    expect(one).toBe(other)
    expect(await sharedPageAfter(stream, position('p'), LIMITS)).toBe(one)
    expect(reads).toEqual(['p'])
  })

  it('read the end of the stream anew, for there may be more by now', async () => {
    const { stream, reads } = streamOf(() => ({ hasMore: false }))
    await sharedPageAfter(stream, position('p'), LIMITS)
    await sharedPageAfter(stream, position('p'), LIMITS)
    expect(reads).toEqual(['p', 'p'])
  })

  it('ask again after a page that could not be read', async () => {
    let isAway = true
    const { stream, reads } = streamOf(() => {
      if (isAway) throw new Error('away')
      return {}
    })
    await expect(sharedPageAfter(stream, position('p'), LIMITS)).rejects.toThrow('away')
    isAway = false
    expect(await sharedPageAfter(stream, position('p'), LIMITS)).toMatchObject({ read: 'PAGE' })
    expect(reads).toEqual(['p', 'p'])
  })

  it('keep few pages: the oldest is read anew', async () => {
    const { stream, reads } = streamOf(() => ({}))
    for (let at = 0; at < 9; at += 1) await sharedPageAfter(stream, position(`p${at}`), LIMITS)
    await sharedPageAfter(stream, position('p8'), LIMITS)
    await sharedPageAfter(stream, position('p0'), LIMITS)
    expect(reads.filter((after) => after === 'p0')).toHaveLength(2)
    expect(reads).toHaveLength(10)
  })
})
