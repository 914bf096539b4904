/**
 * Concurrent transactions bound for one participant travel together: whatever is asked in one turn of the event loop
 * goes as one vector for each kind of call. Commits go first, for they free what prepares wait for.
 */

import type {
  CommitRequest,
  FenceAnswer,
  FenceRequest,
  Participant,
  PrepareRequest,
  Violation,
  Vote,
} from '../../schema/participant.ts'
import type { TransactionId } from '../../schema/record.ts'

/** A participant, one transaction at a time. Rejections mean "no answer", as they do there. */
export interface Channel {
  commit(request: CommitRequest): Promise<void>
  abort(id: TransactionId): Promise<void>
  fence(request: FenceRequest): Promise<FenceAnswer>
  prepare(request: PrepareRequest): Promise<Vote>
  check(request: PrepareRequest): Promise<readonly Violation[]>
}

interface Vector<Q, A> {
  ask(question: Q): Promise<A>
  send(): void
}

/** The calls of a participant that travel as vectors. */
export type Wire = Pick<Participant, 'commit' | 'abort' | 'fence' | 'prepare' | 'check'>

/** `defer` runs what it is given at the end of the present turn of the event loop, for example `setImmediate`. */
export function openChannel(participant: Wire, defer: (send: () => void) => void): Channel {
  let deferred = false
  const schedule = (): void => {
    if (deferred) return
    deferred = true
    defer(send)
  }

  const commits = vector(schedule, (requests: readonly CommitRequest[]) => participant.commit(requests))
  const aborts = vector(schedule, (ids: readonly TransactionId[]) => participant.abort(ids))
  const fences = vector(schedule, (requests: readonly FenceRequest[]) => participant.fence(requests))
  const prepares = vector(schedule, (requests: readonly PrepareRequest[]) => participant.prepare(requests))
  const checks = vector(schedule, (requests: readonly PrepareRequest[]) => participant.check(requests))

  const send = (): void => {
    deferred = false
    for (const { send } of [commits, aborts, fences, prepares, checks]) send()
  }

  return {
    commit: commits.ask,
    abort: aborts.ask,
    fence: fences.ask,
    prepare: prepares.ask,
    check: checks.ask,
  }
}

function vector<Q, A>(schedule: () => void, call: (questions: readonly Q[]) => readonly Promise<A>[]): Vector<Q, A> {
  let waiting: { readonly question: Q; readonly promise: PromiseWithResolvers<A> }[] = []

  return {
    ask(question) {
      const promise = Promise.withResolvers<A>()
      waiting.push({ question, promise })
      schedule()
      return promise.promise
    },
    send() {
      if (waiting.length === 0) return
      const sent = waiting
      waiting = []
      try {
        const answers = call(sent.map(({ question }) => question))
        for (const [index, { promise }] of sent.entries()) {
          promise.resolve(answers[index] ?? Promise.reject(new Error('the participant left out an answer')))
        }
      } catch (error) {
        for (const { promise } of sent) promise.reject(error)
      }
    },
  }
}
