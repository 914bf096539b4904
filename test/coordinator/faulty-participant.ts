/** A participant behind a bad wire: the store is real, what happens to calls and replies on the way is the test's. */

import type { CommitRequest, FenceAnswer, Participant, Violation, Vote } from '../../schema/participant.ts'
import type { TransactionId } from '../../schema/record.ts'

export type Call = 'prepare' | 'commit' | 'abort' | 'fence' | 'check' | 'look'

/** `HOLD` keeps the request until `release`; `HANG` delivers nothing and never answers, like a caller that died. */
export type Fault = 'LOSE_REQUEST' | 'LOSE_REPLY' | 'HOLD' | 'HANG'

/** What came to this side of the wire: requests, the vectors they came in, and answers that went back. */
export interface Count {
  readonly requests: number
  readonly vectors: number
  readonly answers: number
}

const NOTHING: Count = { requests: 0, vectors: 0, answers: 0 }

export interface FaultyParticipant extends Participant {
  /** What happens to every such call from now on; null: nothing. */
  set(call: Call, fault: Fault | null): void
  /** What happens to the next such call alone. */
  once(call: Call, fault: Fault): void
  /** Nothing arrives any more; `back` undoes it. */
  leave(): void
  back(): void
  /** Delivers what was held. */
  release(): void
  count(call: Call): Count
}

export function createFaultyParticipant(store: Participant): FaultyParticipant {
  const faults = new Map<Call, Fault>()
  const next = new Map<Call, Fault>()
  const counts = new Map<Call, Count>()
  let isAway = false
  let held: (() => void)[] = []

  const add = (call: Call, { requests, vectors, answers }: Count): void => {
    const before = counts.get(call) ?? NOTHING
    counts.set(call, {
      requests: before.requests + requests,
      vectors: before.vectors + vectors,
      answers: before.answers + answers,
    })
  }

  const faultOf = (call: Call): Fault | null => {
    const fault = next.get(call) ?? faults.get(call) ?? null
    next.delete(call)
    return isAway ? 'LOSE_REQUEST' : fault
  }

  const pass = async <A>(call: Call, deliver: () => Promise<A>): Promise<A> => {
    const fault = faultOf(call)
    switch (fault) {
      case null:
        return deliver()
      case 'LOSE_REQUEST':
        throw new Error(`${call}: no route`)
      case 'LOSE_REPLY':
        await deliver()
        throw new Error(`${call}: the connection closed`)
      case 'HOLD':
        await new Promise<void>((resolve) => held.push(resolve))
        return deliver()
      case 'HANG':
        return new Promise(() => {})
      default:
        return fault satisfies never
    }
  }

  const each = <Q, A>(
    call: Call,
    questions: readonly Q[],
    ask: (questions: readonly Q[]) => readonly Promise<A>[],
  ): readonly Promise<A>[] => {
    add(call, { requests: questions.length, vectors: 1, answers: 0 })
    return questions.map(async (question) => {
      const answer = await pass(call, () => ask([question])[0] ?? Promise.reject(new Error('an answer is missing')))
      add(call, { requests: 0, vectors: 0, answers: 1 })
      return answer
    })
  }

  return {
    system: store.system,
    set(call, fault) {
      if (fault === null) faults.delete(call)
      else faults.set(call, fault)
    },
    once: (call, fault) => void next.set(call, fault),
    leave() {
      isAway = true
    },
    back() {
      isAway = false
    },
    release() {
      const waiting = held
      held = []
      for (const deliver of waiting) deliver()
    },
    count: (call) => counts.get(call) ?? NOTHING,
    prepare: (requests) => each<(typeof requests)[number], Vote>('prepare', requests, (some) => store.prepare(some)),
    commit: (requests) => each<CommitRequest, void>('commit', requests, (some) => store.commit(some)),
    abort: (ids) => each<TransactionId, void>('abort', ids, (some) => store.abort(some)),
    fence: (requests) => each<(typeof requests)[number], FenceAnswer>('fence', requests, (some) => store.fence(some)),
    check: (requests) =>
      each<(typeof requests)[number], readonly Violation[]>('check', requests, (some) => store.check(some)),
    look: (query) => pass('look', () => store.look(query)),
    read: (refs) => store.read(refs),
    select: (selections) => store.select(selections),
    derive: (requests) => store.derive(requests),
    draw: (requests) => store.draw(requests),
    describe: () => store.describe(),
  }
}
