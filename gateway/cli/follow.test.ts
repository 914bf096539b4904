import { describe, expect, it } from 'vitest'
import { follow } from './follow.ts'
import { importJob } from './import-job.fixture.ts'
import type { ImportJob, JobState } from './import-job.ts'
import { refusal, unreachable } from './refusal.ts'

type Answer = ImportJob | Error

const job = (state: JobState, done = 0) => importJob({ state, progress: { done } })
const SILENT = unreachable('http://x', new Error('refused'))

/** Follows what is streamed and then answered, in turn; the last answer is given again and again. */
async function followed(
  streamed: readonly ImportJob[],
  answers: readonly Answer[],
  signal = new AbortController().signal,
) {
  let asked = 0
  let paused = 0
  const seen: ImportJob[] = []
  const stream = (async function* () {
    yield* streamed
  })()
  const ask = async () => {
    const answer = answers[Math.min(asked, answers.length - 1)]
    asked += 1
    if (answer === undefined || answer instanceof Error) throw answer ?? new TypeError('nobody should ask')
    return answer
  }
  const pause = async () => {
    paused += 1
  }
  const end = (async () => {
    for await (const one of follow({ stream, ask, pause, signal })) seen.push(one)
  })()
  const error = await end.then(
    () => null,
    (failure: unknown) => failure,
  )
  return { states: seen.map(({ state }) => state), asked, paused, error }
}

describe('a job', () => {
  it('is followed by its stream to its end, and nothing is asked', async () => {
    const { states, asked, error } = await followed([job('QUEUED'), job('RUNNING'), job('COMPLETED')], [])
    expect({ states, asked, error }).toEqual({ states: ['QUEUED', 'RUNNING', 'COMPLETED'], asked: 0, error: null })
  })

  it('is asked for from where its stream ends early, at once and then after pauses', async () => {
    const { states, paused } = await followed([job('RUNNING', 1)], [job('RUNNING', 2), job('FAILED')])
    expect(states).toEqual(['RUNNING', 'RUNNING', 'FAILED'])
    expect(paused).toBe(1)
  })

  it('is waited for while Lockstep starts again', async () => {
    const { states, error } = await followed([], [SILENT, SILENT, job('RUNNING'), SILENT, job('COMPLETED')])
    expect({ states, error }).toEqual({ states: ['RUNNING', 'COMPLETED'], error: null })
  })

  it('is given up when Lockstep stays away', async () => {
    const { states, error, asked } = await followed([], [job('RUNNING'), SILENT])
    expect(states).toEqual(['RUNNING'])
    expect(error).toBe(SILENT)
    expect(asked).toBe(61)
  })

  it('is given up at once where Lockstep refuses to tell', async () => {
    const gone = refusal('NOT_FOUND', 'There is no import job j1')
    expect(await followed([], [gone])).toMatchObject({ error: gone, asked: 1 })
  })

  it('is not asked for any more once the signal is given', async () => {
    expect(await followed([job('RUNNING')], [], AbortSignal.abort())).toMatchObject({ states: ['RUNNING'], asked: 0 })
  })
})
