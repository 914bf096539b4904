import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { type Admission, createAdmission } from '../../schema/process/http/admission.ts'
import { createLog } from '../../schema/process/log.ts'
import { createManualClock } from '../../test/coordinator/manual-clock.ts'
import type { Operation, StreamedResult } from '../graph/operations.ts'
import { createConnections } from './connections.ts'
import { type Answer, createRunner } from './run-operation.ts'

const LIMITS = { connectionsMax: 1, subscriptionsPerConnectionMax: 1, subscriptionsMax: 1 }
const DATA = { data: { a: 1 } }

/** One client of a graph in which every operation goes as `begin` says. */
function given(begin: () => Promise<Operation>, admission: Admission = createAdmission(1)) {
  admission.open()
  const lines: string[] = []
  const log = createLog('error', { write: (line) => void lines.push(line) })
  const connection = createConnections(LIMITS, createManualClock(0)).open({
    sendAway: () => undefined,
    cutOff: () => undefined,
  })
  const run = createRunner({ operations: { run: begin }, admission, queryTokensMax: 100, log })
  const said: unknown[] = []
  const answer: Answer = {
    failed: async ({ code }) => void said.push(code),
    refused: async (errors) => void said.push(errors),
    accepted: () => void said.push('accepted'),
    next: async ({ result }) => void said.push(result),
    complete: async () => void said.push('complete'),
  }
  const leaving = new AbortController()
  const asked = { operationName: null, variables: {}, extensions: {} }
  const asker = { connection, resumeAfter: null, readOnly: false, signal: leaving.signal }
  return { lines, said, leaving, admission, ask: (query: string) => run({ query, ...asked }, asker, answer) }
}

async function* stream(...results: readonly (StreamedResult | Error)[]): AsyncGenerator<StreamedResult> {
  for (const result of results) {
    if (result instanceof Error) throw result
    yield result
  }
}

const done = async (): Promise<Operation> => ({ operation: 'DONE', result: DATA })

describe('an operation of a connection', () => {
  it('is accepted, answered and completed', async () => {
    const { said, ask } = given(done)
    await ask('{ a }')
    expect(said).toEqual(['accepted', DATA, 'complete'])
  })

  it('that cannot be begun says no more than that, and the log says why', async () => {
    const { said, lines, ask } = given(() => Promise.reject(new Error('disk I/O error')))
    await ask('{ a }')
    expect(said).toEqual(['INTERNAL_SERVER_ERROR'])
    expect(lines.join()).toContain('disk I/O error')
  })

  it.each([
    ['is answered', done],
    ['cannot be begun', () => Promise.reject(new Error())],
    ['is a stream that breaks', async () => ({ operation: 'STREAM', results: stream(new Error()) }) as const],
  ])('holds nothing any more when it %s', async (_case, begin) => {
    const { said, leaving, ask } = given(begin)
    for (const _ of [1, 2]) await ask('subscription { a }').catch(() => undefined)
    expect(said).not.toContain('OVERLOADED')
    expect(getEventListeners(leaving.signal, 'abort')).toEqual([])
  })

  it('is in flight until it is answered; of a stream, until it is begun', async () => {
    const begun = Promise.withResolvers<Operation>()
    const { said, ask } = given(() => begun.promise)
    const first = ask('{ a }')
    await ask('{ a }')
    expect(said).toEqual(['OVERLOADED'])
    const ended = Promise.withResolvers<void>()
    begun.resolve({
      operation: 'STREAM',
      results: (async function* () {
        await ended.promise
        yield* []
      })(),
    })
    await expect.poll(() => said).toEqual(['OVERLOADED', 'accepted'])
    ended.resolve()
    await first
    expect(said.at(-1)).toBe('complete')
  })

  it('needs a place as a subscription also where it is asked for by its hash alone', async () => {
    const ended = Promise.withResolvers<void>()
    const results = async function* (): AsyncGenerator<StreamedResult> {
      await ended.promise
      yield* []
    }
    const { said, ask } = given(async () => ({ operation: 'STREAM', results: results() }))
    const first = ask('')
    await expect.poll(() => said).toEqual(['accepted'])
    await ask('')
    expect(said).toEqual(['accepted', 'OVERLOADED'])
    ended.resolve()
    await first
    await ask('')
    expect(said.slice(2)).toEqual(['complete', 'accepted', 'complete'])
  })

  it('is not waited for, nor answered, when its client has left', async () => {
    const begun = Promise.withResolvers<Operation>()
    const { said, leaving, admission, ask } = given(() => begun.promise)
    const asked = ask('{ a }')
    leaving.abort()
    await admission.drain()
    begun.resolve(await done())
    await asked
    expect(said).toEqual([])
  })

  it('has no result told after its client has left', async () => {
    const { said, leaving, ask } = given(async () => {
      leaving.abort()
      return { operation: 'STREAM', results: stream({ result: DATA, cursor: null }) }
    })
    await ask('subscription { a }')
    expect(said).toEqual([])
  })
})
