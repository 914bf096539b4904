import { describe, expect, it } from 'vitest'
import { follow } from './follow.ts'
import { importJob } from './import-job.fixture.ts'
import type { ImportJob, JobState } from './import-job.ts'
import { refusal, unreachable } from './refusal.ts'

type Answer = ImportJob | Error

const job = (state: JobState, done = 0) => importJob({ state, progress: { done } })
const SILENT = unreachable('http://x', new Error('refused'))
const PAUSE_MS = 1_000

/** Follows what is streamed, one stream after the other, and answered in turn; the last answer is given again and again. */
async function followed(
  streams: readonly (readonly ImportJob[])[],
  answers: readonly Answer[],
  signal = new AbortController().signal,
) {
  let [streamed, asked, paused] = [0, 0, 0]
  const seen: ImportJob[] = []
  const warnings: string[] = []
  const stream = async function* () {
    streamed += 1
    yield* streams[streamed - 1] ?? []
  }
  const ask = async () => {
    const answer = answers[Math.min(asked, answers.length - 1)]
    asked += 1
    if (answer === undefined || answer instanceof Error) throw answer ?? new TypeError('nobody should ask')
    return answer
  }
  const pause = async () => {
    paused += 1
  }
  const warned = (text: string) => void warnings.push(text)
  const end = (async () => {
    const patience = { now: () => paused * PAUSE_MS, pause, warned, signal }
    for await (const one of follow({ stream, ask, ...patience })) seen.push(one)
  })()
  const error = await end.then(
    () => null,
    (failure: unknown) => failure,
  )
  return { states: seen.map(({ state }) => state), streamed, asked, paused, warnings, error }
}

const HELD = 'Lockstep does not answer at http://x: refused. It is asked again for 5 minutes.'
const BACK = 'Lockstep answers again.'

describe('a job', () => {
  it('is followed by its stream to its end, and nothing is asked', async () => {
    const { states, asked, error } = await followed([[job('QUEUED'), job('RUNNING'), job('COMPLETED')]], [])
    expect({ states, asked, error }).toEqual({ states: ['QUEUED', 'RUNNING', 'COMPLETED'], asked: 0, error: null })
  })

  it('is asked for where its stream ends early, and followed by another one', async () => {
    const streams = [[job('RUNNING', 1)], [job('RUNNING', 3), job('PAUSED', 3)]]
    const { states, streamed, warnings } = await followed(streams, [job('RUNNING', 2), job('FAILED')])
    expect(states).toEqual(['RUNNING', 'RUNNING', 'RUNNING', 'PAUSED', 'FAILED'])
    expect({ streamed, warnings }).toEqual({ streamed: 2, warnings: [] })
  })

  it('is asked for again and again where there is no stream, with a pause between', async () => {
    const { states, paused } = await followed([], [job('RUNNING', 1), job('RUNNING', 2), job('COMPLETED')])
    expect({ states, paused }).toEqual({ states: ['RUNNING', 'RUNNING', 'COMPLETED'], paused: 2 })
  })

  it('is waited for while Lockstep starts again, which is said each time', async () => {
    const { states, warnings, error } = await followed([], [SILENT, SILENT, job('RUNNING'), SILENT, job('COMPLETED')])
    expect({ states, error }).toEqual({ states: ['RUNNING', 'COMPLETED'], error: null })
    expect(warnings).toEqual([HELD, BACK, HELD, BACK])
  })

  it('is given up when Lockstep stays away for five minutes', async () => {
    const { states, error, warnings, paused } = await followed([], [job('RUNNING'), SILENT])
    expect(states).toEqual(['RUNNING'])
    expect({ error, warnings, paused }).toEqual({ error: SILENT, warnings: [HELD], paused: 301 })
  })

  it('is given up at once where Lockstep refuses to tell', async () => {
    const gone = refusal('NOT_FOUND', 'There is no import job j1')
    expect(await followed([], [gone])).toMatchObject({ error: gone, asked: 1, warnings: [] })
  })

  it('is not asked for any more once the signal is given', async () => {
    expect(await followed([[job('RUNNING')]], [], AbortSignal.abort())).toMatchObject({ states: [], asked: 0 })
  })
})
