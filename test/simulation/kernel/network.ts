/** Messages between processes: late, lost, repeated, out of order, and cut off in one direction or in both. */

import { act, type Effects } from './crash.ts'
import type { Random } from './random.ts'
import type { Process, Schedule } from './schedule.ts'

/** Probabilities for each message, and delays in milliseconds. */
export interface Weather {
  readonly loss: number
  readonly repeat: number
  /** Of a message that takes up to `lateMs` instead of up to `delayMs`. */
  readonly late: number
  readonly delayMs: number
  readonly lateMs: number
  /** How long a process waits for another one's answer. */
  readonly patienceMs: number
}

interface Message {
  readonly from: Process
  readonly to: Process
  /** As it is told in a trace. */
  readonly text: string
  readonly isRepeatable: boolean
  readonly arrive: () => void
  /** There is nobody at the other end. */
  readonly refuse: () => void
}

export type Fate = 'LOST' | 'CUT_OFF' | 'ARRIVED' | 'OVERTAKEN' | 'REPEATED' | 'REFUSED'

/** Hears of everything that happens to a message. */
export type Listen = (fate: Fate, message: Pick<Message, 'from' | 'to' | 'text'>) => void

/** From one process to another. */
interface Way {
  isCut: boolean
  /** Number of the newest message that has arrived. */
  newest: number
}

/** Answers one element of a call; called at most once. */
export type Reply<A> = (answer: { readonly ok: A } | { readonly error: string }) => void

export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

export interface CallOptions {
  /** As it is told in a trace. */
  readonly what: string
  /** How long the caller waits for an answer. */
  readonly patienceMs: number
  /** Whether it may come twice. What promises to be safe to repeat is repeated; what does not is not. */
  readonly isRepeatable: boolean
}

/** One element of a call, and its caller. */
interface Asked<Q, A> {
  readonly question: Q
  readonly resolve: (answer: A) => void
  readonly reject: (reason: NoAnswer) => void
}

export class Network {
  weather: Weather
  /** Messages under way. */
  inFlight = 0
  readonly #schedule: Schedule
  readonly #effects: Effects
  readonly #random: Random
  readonly #listen: Listen
  readonly #ways = new Map<string, Map<string, Way>>()
  #number = 0

  constructor(schedule: Schedule, effects: Effects, random: Random, weather: Weather, listen: Listen) {
    this.#schedule = schedule
    this.#effects = effects
    this.#random = random
    this.weather = weather
    this.#listen = listen
  }

  cut(from: string, to: string): void {
    this.#way(from, to).isCut = true
  }

  mend(from: string, to: string): void {
    this.#way(from, to).isCut = false
  }

  #way(from: string, to: string): Way {
    const known = this.#ways.get(from)?.get(to)
    if (known !== undefined) return known
    const way = { isCut: false, newest: 0 }
    this.#ways.set(from, (this.#ways.get(from) ?? new Map<string, Way>()).set(to, way))
    return way
  }

  /**
   * One call with one answer for each of `questions`, each as soon as it is known. Rejections mean that there was none:
   * the request, or its answer, is lost or still under way.
   */
  call<Q, A>(
    from: Process,
    to: Process,
    { what, patienceMs, isRepeatable }: CallOptions,
    questions: readonly Q[],
    carryOut: (question: Q, reply: Reply<A>) => void,
  ): readonly Promise<A>[] {
    const asked: Asked<Q, A>[] = []
    const answers = questions.map(
      (question) => new Promise<A>((resolve, reject) => void asked.push({ question, resolve, reject })),
    )
    const text = questions.length === 1 ? what : `${what} (${questions.length})`
    const { life } = from
    const open = new Set(asked)
    const giveUp = (reason: string) => {
      for (const one of open) one.reject(new NoAnswer(reason))
    }
    const cancel = this.#schedule.after(patienceMs, from, () => giveUp('timeout'))
    const arrive = () => {
      for (const one of asked) {
        carryOut(one.question, (answer) => {
          const settle = () => {
            // An answer to its former life reaches nobody.
            if (from.life !== life || !open.delete(one)) return
            if (open.size === 0) cancel()
            if ('ok' in answer) one.resolve(answer.ok)
            else one.reject(new NoAnswer(answer.error))
          }
          this.#send({ from: to, to: from, text: `answer to ${what}`, isRepeatable, arrive: settle, refuse: () => {} })
        })
      }
    }
    this.#send({ from, to, text, isRepeatable, arrive, refuse: () => giveUp('refused') })
    return answers
  }

  #send(message: Message): void {
    const { from, to, text, isRepeatable } = message
    const copies = this.#effects.take(
      from,
      () => `sends ${to.name} ${text}`,
      () => (isRepeatable && this.#random.chance(this.weather.repeat) ? 2 : 1),
    )
    for (let copy = 0; copy < copies; copy += 1) this.#travel(message, copy > 0)
  }

  #travel(message: Message, isRepeat: boolean): void {
    const { from, to, arrive, refuse } = message
    const { loss, late, delayMs, lateMs } = this.weather
    const delay = 1 + this.#random.below(this.#random.chance(late) ? lateMs : delayMs)
    const isLost = this.#random.chance(loss)
    // Within one host nothing outlives who sent it.
    const { life } = from
    const lifeThere = to.life
    const way = this.#way(from.name, to.name)
    this.#number += 1
    const number = this.#number
    this.inFlight += 1
    this.#schedule.after(delay, null, () => {
      this.inFlight -= 1
      if (from.host === to.host && (from.life !== life || to.life !== lifeThere)) return
      if (isLost) return this.#listen('LOST', message)
      if (way.isCut) return this.#listen('CUT_OFF', message)
      if (!to.alive) {
        this.#listen('REFUSED', message)
        if (from.alive && from.life === life) this.#schedule.after(1, from, refuse)
        return
      }
      this.#schedule.whenAwake(to, () => {
        this.#listen(isRepeat ? 'REPEATED' : isOvertaken(way, number) ? 'OVERTAKEN' : 'ARRIVED', message)
        act(arrive)
      })
    })
  }
}

/** Whether one that was sent later has come already. */
function isOvertaken(way: Way, number: number): boolean {
  const { newest } = way
  way.newest = Math.max(newest, number)
  return number < newest
}
