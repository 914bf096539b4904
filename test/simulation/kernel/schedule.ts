/**
 * Virtual time: events in the order of their instants, and of their making where these are equal. Whatever an event sets
 * off through promises has run before the next one begins, so a run depends on nothing but its events.
 */

/** Something that can crash, restart and stand still. What it has planned dies with the life in which it was planned. */
export interface Process {
  readonly name: string
  /** Clients stand outside: they never die, and what they do is no effect of the systems. */
  readonly isClient: boolean
  /** Processes of one host die together. */
  readonly host: string
  /** Counts its starts; 0 before the first. */
  life: number
  alive: boolean
  /** Virtual milliseconds; what falls due before waits until then. */
  pausedUntil: number
  /** What its own clock is ahead, in milliseconds. */
  readonly skew: number
}

interface Due {
  at: number
  order: number
  readonly process: Process | null
  readonly life: number
  readonly run: () => void
  isWanted: boolean
}

export class Schedule {
  /** Virtual milliseconds since the Unix epoch. */
  now: number
  /** Events that have run. */
  steps = 0
  #order = 0
  readonly #heap: Due[] = []

  constructor(startAt: number) {
    this.now = startAt
  }

  /** Runs after `ms`, rounded up, unless the process, where there is one, has died by then; the answer cancels it. */
  after(ms: number, process: Process | null, run: () => void): () => void {
    this.#order += 1
    const at = this.now + Math.max(0, Math.ceil(ms))
    const due: Due = { at, order: this.#order, process, life: process?.life ?? 0, run, isWanted: true }
    this.#push(due)
    return () => {
      due.isWanted = false
    }
  }

  /** At once, or as soon as the process, if it lives that long, moves again. */
  whenAwake(process: Process, run: () => void): void {
    if (process.pausedUntil > this.now) this.after(0, process, run)
    else run()
  }

  /** Runs events until `isOver`, which is asked after each, or until there are none. Rejects with what an event throws. */
  run(isOver: () => boolean): Promise<void> {
    const end = Promise.withResolvers<void>()
    // A tick that is planned by a promise runs once every promise has, those included that others set off.
    const plan = (): void => process.nextTick(step)
    const step = (): void => {
      try {
        const due = isOver() ? undefined : this.#next()
        if (due === undefined) {
          end.resolve()
        } else {
          this.steps += 1
          due.run()
          queueMicrotask(plan)
        }
      } catch (error) {
        end.reject(error)
      }
    }
    plan()
    return end.promise
  }

  #next(): Due | undefined {
    for (let due = this.#pop(); due !== undefined; due = this.#pop()) {
      const { process } = due
      if (!due.isWanted) continue
      if (process !== null && (!process.alive || process.life !== due.life)) continue
      if (process !== null && process.pausedUntil > due.at) {
        this.#order += 1
        this.#push(Object.assign(due, { at: process.pausedUntil, order: this.#order }))
        continue
      }
      this.now = due.at
      return due
    }
    return undefined
  }

  /** Up from the end, past all that come later. */
  #push(due: Due): void {
    const heap = this.#heap
    let at = heap.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !isBefore(due, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = due
  }

  /** The last takes the first one's place, and goes down past all that come before it. */
  #pop(): Due | undefined {
    const heap = this.#heap
    const [first] = heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      let below = heap[child]
      const right = heap[child + 1]
      if (below !== undefined && right !== undefined && isBefore(right, below)) {
        child += 1
        below = right
      }
      if (below === undefined || !isBefore(below, last)) break
      heap[at] = below
      at = child
    }
    heap[at] = last
    return first
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}
