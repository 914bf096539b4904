/**
 * Looks for an order of a history's operations in which a register could have carried them out one at a time, each
 * between its call and its return: the search of Wing and Gong ("Testing and verifying concurrent objects", Journal of
 * Parallel and Distributed Computing 17, 1993) with Lowe's refinement ("Testing for linearizability", Concurrency and
 * Computation 29, 2017), which never goes on twice from the same set of operations and the same state. Horn and
 * Kroening ("Faster linearizability checking via P-compositionality", FORTE 2015) show why it is enough to check every
 * record by itself, and how calls and returns in one doubly linked list make a step and its undoing cheap.
 *
 * Three things keep it from trying what cannot make a difference. A read that fits is placed at once and for good, for
 * it changes nothing. Revisions say how many writes came before (`floor.ts`). And a write whose outcome is unknown, which
 * has a call without a return and may be placed anywhere after its call or nowhere, is placed by what others saw of it,
 * or is as good as any other of its kind that nobody saw (`calls.ts`).
 */

import { type Call, callsOf, type Entry, link, unlink } from './calls.ts'
import { Floor } from './floor.ts'
import { effective, type History, type Operation } from './history.ts'
import { type Register, step } from './register.ts'

export type Found =
  | { readonly found: 'ORDER'; readonly order: readonly Operation[]; readonly register: Register }
  | { readonly found: 'NONE' }
  /** More configurations than were allowed; nothing is known. */
  | { readonly found: 'GAVE_UP' }

interface Placed {
  readonly call: Call
  readonly before: Register
}

/** `configurationsMax` bounds the sets of operations, each with a state, that are looked at and remembered. */
export function findOrder(history: History, initial: Register, configurationsMax: number): Found {
  const calls = callsOf(effective(history), initial)
  const floor = new Floor(calls.all.flatMap(({ need }) => need ?? []))
  const chosen = new Uint16Array(Math.ceil(calls.all.length / 16))
  const visited = new Set<string>()
  const placed: Placed[] = []
  let toReturn = calls.all.filter(({ end }) => end !== null).length
  let register = initial

  let entry = placeReads()
  while (toReturn > 0) {
    if (entry !== null && entry.kind === 'CALL') {
      entry = placeWrite(entry) ? placeReads() : entry.next
      continue
    }
    // The next to return has found no place, so the write that was placed last was misplaced.
    const misplaced = takeBackWrite()
    if (misplaced === null) return { found: 'NONE' }
    if (visited.size > configurationsMax) return { found: 'GAVE_UP' }
    entry = misplaced.next
  }
  return { found: 'ORDER', order: placed.map(({ call }) => call.operation), register }

  /** Places every read that fits, and answers where to look for a write. */
  function placeReads(): Entry | null {
    let candidate = calls.head.next
    while (candidate !== null && candidate.kind === 'CALL') {
      const { action } = candidate.operation
      if (action.act === 'READ' && step(register, action, candidate.seen) !== null) {
        place(candidate, register)
        candidate = calls.head.next
      } else {
        candidate = candidate.next
      }
    }
    return calls.head.next
  }

  /** Only where that leads to a configuration that may still work out and was never seen. */
  function placeWrite(call: Call): boolean {
    const { action } = call.operation
    const after = action.act === 'READ' ? null : step(register, action, call.seen)
    if (after === null) return false
    place(call, after)
    if (after.revision <= floor.lowest()) {
      const name = nameOfConfiguration()
      if (!visited.has(name)) {
        visited.add(name)
        return true
      }
    }
    takeBackWrite()
    return false
  }

  function place(call: Call, after: Register): void {
    placed.push({ call, before: register })
    unlink(call)
    if (call.end !== null) {
      unlink(call.end)
      toReturn -= 1
    }
    flip(call.kin?.indices[call.kin.placed] ?? call.index)
    if (call.kin !== null) call.kin.placed += 1
    floor.takeAway(call.need)
    register = after
  }

  /** The last write, and the reads after it. Null: nothing was placed but reads. */
  function takeBackWrite(): Call | null {
    for (let last = placed.pop(); last !== undefined; last = placed.pop()) {
      const { call, before } = last
      if (call.end !== null) {
        link(call.end)
        toReturn += 1
      }
      link(call)
      if (call.kin !== null) call.kin.placed -= 1
      flip(call.kin?.indices[call.kin.placed] ?? call.index)
      floor.giveBack(call.need)
      register = before
      if (call.operation.action.act !== 'READ') return call
    }
    return null
  }

  /** Of those of a kin it counts how many were placed, and values that nobody saw are all alike. */
  function nameOfConfiguration(): string {
    const { value, revision } = register
    const name = value === null ? '-' : calls.wasSeen(value) ? `=${value}` : '?'
    return `${String.fromCharCode(...chosen)} ${revision} ${name}`
  }

  function flip(index: number): void {
    const word = index >> 4
    chosen[word] = (chosen[word] ?? 0) ^ (1 << (index & 15))
  }
}
