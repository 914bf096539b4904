import { describe, expect, it } from 'vitest'
import { StoreFailed } from '../../../schema/process/store-faults.ts'
import { NO_IMPORTS } from '../../../test/graph/no-imports.ts'
import type { Imports } from '../../imports/api/imports.ts'
import { queued, running } from '../../imports/job/job.fixture.ts'
import type { Job } from '../../imports/job/job.ts'
import { progressOf } from '../../imports/job/progress.ts'
import { startOperations, written } from './operations.fixture.ts'

const over: Job = { ...queued(3), phase: { state: 'CANCELLED', endedAt: 0 } }
const QUERY = `subscription ($id: ID!) { importProgress(id: $id) { state progress { total } ...Who } }
  fragment Who on ImportJob { entity }`

function watching(watch: (id: string) => AsyncIterable<Job>): Imports {
  return { ...NO_IMPORTS, progress: (job) => progressOf(job, 0), watch: (id) => watch(id) }
}

async function follow(watch: (id: string) => AsyncIterable<Job>) {
  const { follow } = await startOperations({ imports: watching(watch) })
  const { first, results } = await follow({ query: QUERY, variables: { id: 'job' } })
  const all = [await first]
  while (all.at(-1)?.done !== true) all.push(await results.next())
  return all.flatMap(({ value, done }) => (done === true ? [] : [written(value)]))
}

const shown = (state: string, total: number | null) => ({
  result: { data: { importProgress: { state, progress: { total }, entity: 'Customer' } } },
  cursor: null,
})

describe('a subscription to an import', () => {
  it('shows the import in the caller’s own selection each time, and ends with it', async () => {
    const asked: string[] = []
    const results = await follow(async function* (id) {
      asked.push(id)
      yield* [queued(3), running(3), over]
    })
    expect(asked).toEqual(['job'])
    expect(results).toEqual([shown('QUEUED', null), shown('RUNNING', 3), shown('CANCELLED', null)])
  })

  it('says that there is no such import', async () => {
    const results = await follow(async function* () {})
    expect(results).toEqual([
      {
        result: {
          errors: [expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', argumentName: 'id' } })],
        },
        cursor: null,
      },
    ])
  })

  it('says so where the store falls silent', async () => {
    const results = await follow(async function* () {
      yield running(3)
      throw new StoreFailed('disk I/O error')
    })
    expect(results[1]).toEqual({
      result: { errors: [expect.objectContaining({ extensions: { code: 'SYSTEM_UNAVAILABLE', retryable: true } })] },
      cursor: null,
    })
    expect(JSON.stringify(results)).not.toContain('disk')
  })
})
