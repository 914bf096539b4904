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

/** Steps that are planned at once. */
const TURNS = 50

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
    let isRunning = true
    const step = (): void => {
      if (!isRunning) return
      try {
        const due = isOver() ? undefined : this.#next()
        if (due !== undefined) {
          this.steps += 1
          due.run()
          return
        }
        isRunning = false
        end.resolve()
      } catch (error) {
        isRunning = false
        end.reject(error)
      }
    }
    // Between any two of these every promise has run; many at once spare the event loop its rounds.
    const steps = (): void => {
      for (let turn = 0; turn < TURNS; turn += 1) setImmediate(step)
      setImmediate(() => {
        if (isRunning) steps()
      })
    }
    steps()
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

  #push(due: Due): void {
    const heap = this.#heap
    heap.push(due)
    let at = heap.length - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#swapIfBefore(at, parent)) return
      at = parent
    }
  }

  #pop(): Due | undefined {
    const heap = this.#heap
    const [first] = heap
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    heap[0] = last
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const right = left + 1
      const child = right < heap.length && this.#isBefore(right, left) ? right : left
      if (child >= heap.length || !this.#swapIfBefore(child, at)) return first
      at = child
    }
  }

  #swapIfBefore(one: number, other: number): boolean {
    if (!this.#isBefore(one, other)) return false
    const [a, b] = [this.#heap[one], this.#heap[other]]
    if (a === undefined || b === undefined) return false
    this.#heap[one] = b
    this.#heap[other] = a
    return true
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]]
    if (a === undefined || b === undefined) return false
    return a.at < b.at || (a.at === b.at && a.order < b.order)
  }
}
