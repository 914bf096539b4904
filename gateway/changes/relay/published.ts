/**
 * Whether what was committed has reached the stream, whichever gateway's relay brings it there. All who wait in one process
 * share each look: at how far the systems are, for those who came since the one before, and at how far the stream is.
 */

import { SYSTEMS, type System } from '../../../schema/record.ts'
import type { Clock } from '../../coordinator/environment.ts'
import { Silence } from '../../coordinator/silence.ts'
import type { Published } from '../feed/published.ts'
import { pause } from '../pause.ts'
import type { ChangeStream, Progress } from '../stream/stream.ts'
import type { Outbox } from './outbox.ts'

export interface PublishedOptions {
  readonly stream: Pick<ChangeStream, 'relay'>
  readonly outboxes: readonly Pick<Outbox, 'system' | 'last'>[]
  readonly clock: Pick<Clock, 'after'>
  /** Longest time that anyone waits, in milliseconds. */
  readonly withinMs: number
}

/** Between two looks at how far the relay is, in milliseconds. */
const LOOK_EVERY_MS = 10

/** The last commit of each system. */
type Lasts = ReadonlyMap<System, number>

interface Waiter {
  /** When it came or later; null until somebody has looked. */
  lasts: Lasts | null
  /** Whose commits are not all in the stream, as far as is known. */
  behind: readonly System[]
  readonly end: (failure: unknown) => void
}

/** Those who wait too long get a Silence. */
export function createPublished(options: PublishedOptions): Published {
  const { clock, withinMs } = options
  const waiting = new Set<Waiter>()
  let looking: AbortController | null = null

  return (signal) => {
    if (signal.aborted) return Promise.reject(signal.reason)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter: Waiter = {
      ...{ lasts: null, behind: SYSTEMS },
      end(failure) {
        cancel()
        signal.removeEventListener('abort', abort)
        waiting.delete(waiter)
        if (waiting.size === 0) looking?.abort()
        if (failure === null) resolve()
        else reject(failure)
      },
    }
    const cancel = clock.after(withinMs, () => waiter.end(tooLate(waiter, withinMs)))
    const abort = () => waiter.end(signal.reason)
    signal.addEventListener('abort', abort)
    waiting.add(waiter)
    if (looking === null || looking.signal.aborted) {
      looking = new AbortController()
      void lookFor(waiting, options, looking.signal)
    }
    return promise
  }
}

/** Until nobody waits any more. What goes wrong ends all who wait. */
async function lookFor(waiting: ReadonlySet<Waiter>, options: PublishedOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await lookOnce(waiting, options)
      // Who came during the look need not wait for the next one.
      if ([...waiting].every(({ lasts }) => lasts !== null)) await pause(options.clock, LOOK_EVERY_MS, signal)
    } catch (error) {
      for (const waiter of waiting) waiter.end(error)
    }
  }
}

async function lookOnce(waiting: ReadonlySet<Waiter>, { stream, outboxes }: PublishedOptions): Promise<void> {
  const newcomers = [...waiting].filter(({ lasts }) => lasts === null)
  if (newcomers.length > 0) {
    const entries = outboxes.map(async (outbox) => [outbox.system, await outbox.last()] as const)
    const lasts = new Map(await Promise.all(entries))
    for (const newcomer of newcomers) newcomer.lasts = lasts
  }
  const { progress } = await stream.relay()
  for (const waiter of waiting) {
    if (waiter.lasts === null) continue
    waiter.behind = behindOf(waiter.lasts, progress)
    if (waiter.behind.length === 0) waiter.end(null)
  }
}

function behindOf(lasts: Lasts, progress: Progress): readonly System[] {
  return SYSTEMS.filter((system) => progress[system].through < (lasts.get(system) ?? 0))
}

function tooLate({ lasts, behind }: Waiter, withinMs: number): Silence {
  const whose = `the ${behind.join(' and the ')}`
  const whatFor =
    lasts === null ? `${whose} to tell the last commit` : `the commits of ${whose} to reach the change stream`
  const why = lasts === null ? '' : ': one of them may be in doubt'
  return new Silence(`The snapshot waited ${withinMs / 1_000} s for ${whatFor}, in vain${why}. Go on from the cursor.`)
}
