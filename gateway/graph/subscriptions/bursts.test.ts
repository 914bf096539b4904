/** Many subscribers of one selection, over a real feed, when more happens at once than a window holds. */

import { describe, expect, it, onTestFinished } from 'vitest'
import { changeOf } from '../../../test/graph/sample-feed.ts'
import { customerId } from '../../../test/graph/sample-graph.ts'
import { openedFeed, settled } from '../../changes/feed/opened-feed.fixture.ts'
import type { StreamedResult } from '../operations.ts'
import { startOperationsOver } from './operations.fixture.ts'

const CHANGES = 700
/** What one execution takes, and the writing of one result: in all, far more than anybody may stay behind. */
const EXECUTION_MS = 100
const WRITING_MS = 1

const query = `subscription ($after: String) { customerChanged(after: $after) {
  __typename cursor ... on CustomerChange { revision customer { name } }
} }`

const burst = Array.from({ length: CHANGES }, (_, index) =>
  changeOf('Customer', customerId(1 + (index % 50)), { revision: index + 1 }),
)

interface Told {
  readonly __typename: string
  readonly cursor: string
  readonly revision?: number
}

function toldIn({ value, done }: IteratorResult<StreamedResult>): Told {
  if (done === true || value.result.errors !== undefined) throw new Error(JSON.stringify(value ?? 'ended'))
  return value.result.data?.['customerChanged'] as Told
}

/** The time stands still but for what the process itself does. */
async function started() {
  const { feed, stream, clock } = openedFeed()
  let executions = 0
  const fetched = (subgraph: string) => {
    if (subgraph !== 'unified') return
    executions += 1
    clock.advance(EXECUTION_MS)
  }
  const { follow } = await startOperationsOver(feed, { fetched })

  const follower = async (after: string | null = null) => {
    const { results, first, abort } = await follow({ query, variables: after === null ? {} : { after } })
    onTestFinished(() => abort.abort())
    const { cursor } = toldIn(await first)
    /** The revisions of the whole burst, as they come. */
    const taken = async () => {
      const revisions: number[] = []
      while (revisions.length < CHANGES) {
        const { revision } = toldIn(await results.next())
        clock.advance(WRITING_MS)
        if (revision !== undefined) revisions.push(revision)
      }
      return revisions
    }
    return { cursor, taken }
  }
  return { feed, stream, follower, executions: () => executions }
}

async function expectAll(told: readonly Promise<readonly number[]>[]): Promise<void> {
  const expected = burst.map(({ revision }) => revision)
  for (const revisions of await Promise.all(told)) expect(revisions).toEqual(expected)
}

describe('A burst of more changes than a window holds', () => {
  it('reaches 400 who are live: nobody is ended, however long the work takes, and each change is worked out once', async () => {
    const { stream, feed, follower, executions } = await started()
    const followers = await Promise.all(Array.from({ length: 400 }, () => follower()))
    const before = executions()
    const told = followers.map(({ taken }) => taken())
    await settled()
    stream.append(...burst)
    await expectAll(told)
    expect(feed.load()).toMatchObject({ subscribers: 400, live: 400 })
    expect(executions() - before).toBe(CHANGES)
  }, 60_000)

  it('reaches 300 who come back at once after they missed it, and each change is worked out once', async () => {
    const { stream, feed, follower, executions } = await started()
    const { cursor } = await follower()
    stream.append(...burst)
    const back = Array.from({ length: 300 }, () => follower(cursor))
    const followers = await Promise.all(back)
    const before = executions()
    await expectAll(followers.map(({ taken }) => taken()))
    expect(feed.load()).toMatchObject({ subscribers: 301 })
    expect(executions() - before).toBe(CHANGES)
  }, 60_000)

  it('reaches 300 who come back one by one, and each change is worked out once', async () => {
    const { stream, feed, follower, executions } = await started()
    const { cursor } = await follower()
    stream.append(...burst)
    const before = executions()
    for (let index = 0; index < 300; index += 1) await expectAll([(await follower(cursor)).taken()])
    expect(feed.load()).toMatchObject({ subscribers: 301 })
    // With the opening of each.
    expect(executions() - before).toBe(CHANGES + 300)
  }, 60_000)
})
