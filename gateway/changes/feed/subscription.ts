/**
 * A feed as its subscriber pulls it: one message after another, a heartbeat where none comes, and an end for one who
 * does not pull although something waits for it, or pulls so slowly that it stays behind. A pull lasts until the message
 * has been worked on, so that the time between two pulls is the subscriber's own.
 */

import type { Clock, Log } from '../../coordinator/environment.ts'
import { Allowance } from './allowance.ts'
import type { Audience } from './audience.ts'
import { Course, type CourseOptions } from './course.ts'
import { type FeedMessage, FeedRefused, type FeedRequest, type Work } from './feed.ts'
import { Window } from './window.ts'

export interface SubscriptionOptions extends CourseOptions {
  readonly clock: Pick<Clock, 'elapsed' | 'after' | 'soon'>
  readonly log: Pick<Log, 'info'>
  /** Called at the first pull; whoever never pulls leaves nothing behind. */
  readonly enter: () => Audience
  /** Called when it is over, if it was entered. */
  readonly leave: (audience: Audience) => void
}

const OVER: IteratorReturnResult<undefined> = { done: true, value: undefined }
const NOTHING = (): void => {}

export class Subscription<Made> implements AsyncIterableIterator<Made, undefined> {
  readonly #options: SubscriptionOptions
  readonly #request: FeedRequest
  readonly #work: Work<Made>
  readonly #signal: AbortSignal
  readonly #stop = new AbortController()
  readonly #window: Window
  #course: Course | null = null
  /** Pulls without an answer; they are answered one after another. */
  #pulls = 0
  #turn: Promise<unknown> = Promise.resolve()
  /** Goes on while a heartbeat is given. */
  #filling: Promise<void> | null = null
  #interrupt = NOTHING
  /** Runs while something waits and nobody pulls; each pull renews it. */
  readonly #idle: Allowance
  /** Runs, too, while more is to come than the window holds; what a pull leaves of it lasts until the window is empty. */
  readonly #behind: Allowance
  /** Of the last message that was taken; there is one before anything can wait without a pull. */
  #lastCursor = ''
  #givenAt = 0
  /** The reason is thrown to the next who pulls, if there is one. */
  #ending: { readonly reason: FeedRefused | null } | null = null

  constructor(options: SubscriptionOptions, request: FeedRequest, work: Work<Made>, signal: AbortSignal) {
    this.#options = options
    this.#request = request
    this.#work = work
    this.#signal = signal
    this.#window = new Window(options.limits)
    const { clock, limits } = options
    this.#idle = new Allowance(clock, limits.slowAfterMs, () => this.#endSlow())
    this.#behind = new Allowance(clock, limits.slowAfterMs, () => this.#endSlow())
  }

  /** What waits for it. */
  get waiting(): { readonly messages: number; readonly bytes: number } {
    return this.#window
  }

  get isLive(): boolean {
    return this.#course?.isLive ?? false
  }

  next(): Promise<IteratorResult<Made, undefined>> {
    this.#pulls += 1
    this.#watch()
    const result = this.#turn.then(() => this.#pull())
    this.#turn = result.catch(NOTHING)
    return result
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#end(null)
    return Promise.resolve(OVER)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async #pull(): Promise<IteratorResult<Made, undefined>> {
    try {
      if (this.#signal.aborted) this.#end(null)
      while (this.#ending === null) {
        this.#course ??= this.#begin()
        const message = this.#window.take() ?? (await this.#awaited(this.#course))
        if (message !== null) return this.#given(message, await this.#work(message))
      }
      return this.#ended()
    } catch (error) {
      this.#end(null)
      throw error
    } finally {
      this.#pulls -= 1
      this.#watch()
    }
  }

  #begin(): Course {
    const { enter, clock } = this.#options
    this.#signal.addEventListener('abort', this.#abort)
    this.#givenAt = clock.elapsed()
    return new Course(this.#options, enter(), this.#request, this.#window, () => this.#watch())
  }

  /** A heartbeat where one is due; null where there may be something in the window. */
  async #awaited(course: Course): Promise<FeedMessage | null> {
    const isDue = await this.#isLate(course)
    const { cursor } = course
    return isDue && cursor !== null && this.#window.messages === 0 ? { message: 'Heartbeat', cursor } : null
  }

  /** Waits for more. True where that took too long; a feed that is not open yet has nothing to tell meanwhile. */
  async #isLate(course: Course): Promise<boolean> {
    const { clock, limits } = this.#options
    const leftMs = this.#givenAt + limits.heartbeatEveryMs - clock.elapsed()
    const isOpen = course.cursor !== null
    if (isOpen && leftMs <= 0) return true
    this.#filling ??= course.more(this.#stop.signal).finally(() => {
      this.#filling = null
    })
    const { promise, resolve, reject } = Promise.withResolvers<boolean>()
    const disarm = isOpen ? clock.after(leftMs, () => resolve(true)) : NOTHING
    this.#interrupt = () => resolve(false)
    this.#filling.then(this.#interrupt, reject)
    try {
      return await promise
    } finally {
      disarm()
      this.#interrupt = NOTHING
    }
  }

  #given({ cursor }: FeedMessage, value: Made): IteratorYieldResult<Made> {
    this.#lastCursor = cursor
    this.#givenAt = this.#options.clock.elapsed()
    return { done: false, value }
  }

  #ended(): IteratorReturnResult<undefined> {
    const reason = this.#ending?.reason ?? null
    this.#ending = { reason: null }
    if (reason !== null) throw reason
    return OVER
  }

  #watch(): void {
    const isOver = this.#ending !== null
    const isBehind = this.#course?.isBehind === true
    const hasWaiting = this.#window.messages > 0
    const isLeft = !isOver && this.#pulls === 0 && (hasWaiting || isBehind)
    if (isLeft) this.#idle.run()
    else this.#idle.renew()
    if (isOver || !isBehind || !hasWaiting) this.#behind.renew()
    else if (isLeft) this.#behind.run()
    else this.#behind.pause()
  }

  #endSlow(): void {
    const { messages, bytes } = this.#window
    this.#options.log.info({ messages, bytes }, 'a subscriber is ended because it is too slow')
    this.#end(tooSlow(this.#lastCursor))
  }

  readonly #abort = (): void => this.#end(null)

  #end(reason: FeedRefused | null): void {
    if (this.#ending !== null) return
    this.#ending = { reason }
    this.#watch()
    this.#window.close()
    this.#signal.removeEventListener('abort', this.#abort)
    this.#stop.abort()
    this.#interrupt()
    if (this.#course === null) return
    this.#course.leave()
    this.#options.leave(this.#course.audience)
  }
}

function tooSlow(cursor: string): FeedRefused {
  const message = 'Messages were waiting and were not taken in time: go on from the cursor'
  return new FeedRefused({ code: 'SLOW_CONSUMER', message, cursor })
}
