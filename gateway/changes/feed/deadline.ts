/** Something is to be over in time. */

import type { Clock } from '../../coordinator/environment.ts'

export class Deadline {
  readonly #clock: Pick<Clock, 'after'>
  readonly #ms: number
  readonly #missed: () => void
  #cancel: (() => void) | null = null

  constructor(clock: Pick<Clock, 'after'>, ms: number, missed: () => void) {
    this.#clock = clock
    this.#ms = ms
    this.#missed = missed
  }

  /** Whether it is to run: one that runs already does so from its beginning. */
  run(isOn: boolean): void {
    if (isOn) this.#cancel ??= this.#clock.after(this.#ms, this.#missed)
    else this.stop()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }
}
