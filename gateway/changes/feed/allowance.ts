/**
 * A time that may be used up, in one go or in parts. It begins with the next turn of the event loop: what goes on in the
 * present one, however long that is, is the process at work, and not somebody who makes it wait.
 */

import type { Clock } from '../../coordinator/environment.ts'

type State =
  | { readonly state: 'RESTING' }
  | { readonly state: 'COMING' }
  | { readonly state: 'RUNNING'; readonly since: number; readonly cancel: () => void }

const RESTING: State = { state: 'RESTING' }

export class Allowance {
  readonly #clock: Pick<Clock, 'elapsed' | 'after' | 'soon'>
  readonly #ms: number
  readonly #usedUp: () => void
  #leftMs: number
  #state: State = RESTING

  constructor(clock: Pick<Clock, 'elapsed' | 'after' | 'soon'>, ms: number, usedUp: () => void) {
    this.#clock = clock
    this.#ms = ms
    this.#usedUp = usedUp
    this.#leftMs = ms
  }

  /** Goes on from what is left; where it runs already, it does so. */
  run(): void {
    if (this.#state.state !== 'RESTING') return
    const coming: State = { state: 'COMING' }
    this.#state = coming
    this.#clock.soon(() => {
      if (this.#state === coming) this.#start()
    })
  }

  /** Keeps what is left. */
  pause(): void {
    if (this.#state.state === 'RUNNING') {
      this.#state.cancel()
      this.#leftMs -= this.#clock.elapsed() - this.#state.since
    }
    this.#state = RESTING
  }

  /** Has all of it anew. */
  renew(): void {
    this.pause()
    this.#leftMs = this.#ms
  }

  #start(): void {
    const cancel = this.#clock.after(this.#leftMs, this.#usedUp)
    this.#state = { state: 'RUNNING', since: this.#clock.elapsed(), cancel }
  }
}
