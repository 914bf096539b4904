/** A history as the search walks through it: calls and returns in one doubly linked list, each call with all that is known of it. */

import type { History, Operation } from './history.ts'
import { type Register, revisionBefore, type Seen } from './register.ts'

export interface Call {
  readonly kind: 'CALL'
  /** Among all calls. */
  readonly index: number
  readonly operation: Operation
  /** What it answered, or what others saw of it; null: nothing is known. */
  readonly seen: Seen | null
  /** The revision that it has to find; null: any. */
  readonly need: number | null
  /** Null for a call that is open for ever. */
  readonly end: Return | null
  readonly kin: Kin | null
  previous: Entry
  next: Entry | null
}

/**
 * Writes that nobody was told of, that do the same, and of which nobody saw anything: where one of them is placed, any
 * other that was called by then will do as well.
 */
export interface Kin {
  readonly indices: number[]
  placed: number
}

export interface Return {
  readonly kind: 'RETURN'
  previous: Entry
  next: Entry | null
}

export interface Head {
  readonly kind: 'HEAD'
  next: Entry | null
}

export type Entry = Call | Return | Head

export interface Calls {
  readonly head: Head
  readonly all: readonly Call[]
  /** Whether anybody saw this value: others need not be told apart. */
  readonly wasSeen: (value: string) => boolean
}

/** `operations` are those that can have left a trace. */
export function callsOf(operations: History, initial: Register): Calls {
  const revisions = revisionsRead(operations)
  const writers = Map.groupBy(operations, ({ action }) => ('value' in action ? action.value : null))
  const kins = new Map<string, Kin>()
  const head: Head = { kind: 'HEAD', next: null }

  /** A value that one operation alone can have written tells which revision that operation made. */
  const seenByOthers = (value: string): Seen | null => {
    const revision = revisions.get(value) ?? null
    const isSole = writers.get(value)?.length === 1 && initial.value !== value
    return revision !== null && isSole ? { value, revision } : null
  }
  const kinOf = ({ action }: Operation, index: number): Kin | null => {
    if ('value' in action && revisions.has(action.value)) return null
    const name = `${action.act} ${'expected' in action ? action.expected : ''}`
    const kin = kins.get(name) ?? { indices: [], placed: 0 }
    kins.set(name, kin)
    kin.indices.push(index)
    return kin
  }

  const all = operations.map((operation, index): Call => {
    const { action, outcome } = operation
    const list = { previous: head, next: null }
    if (outcome.outcome === 'OK') {
      const need = revisionBefore(action, outcome.seen)
      const end: Return = { kind: 'RETURN', ...list }
      return { kind: 'CALL', index, operation, seen: outcome.seen, need, end, kin: null, ...list }
    }
    const seen = 'value' in action ? seenByOthers(action.value) : null
    const need = seen === null ? null : revisionBefore(action, seen)
    return { kind: 'CALL', index, operation, seen, need, end: null, kin: kinOf(operation, index), ...list }
  })
  linkInOrder(head, all)
  return { head, all, wasSeen: (value) => revisions.has(value) }
}

/** Every value that was read, with the revision that a reader was told. */
function revisionsRead(operations: History): ReadonlyMap<string, number | null> {
  const read = new Map<string, number | null>()
  for (const { action, outcome } of operations) {
    if (action.act !== 'READ' || outcome.outcome !== 'OK' || outcome.seen.value === null) continue
    const { value, revision } = outcome.seen
    read.set(value, read.get(value) ?? revision)
  }
  return read
}

function linkInOrder(head: Head, calls: readonly Call[]): void {
  const events = calls.flatMap((call): { readonly at: number; readonly entry: Call | Return }[] => {
    const called = { at: call.operation.invoked, entry: call }
    return call.end === null ? [called] : [called, { at: call.operation.returned, entry: call.end }]
  })
  let last: Entry = head
  for (const { entry } of events.toSorted((a, b) => a.at - b.at)) {
    entry.previous = last
    last.next = entry
    last = entry
  }
}

export function unlink(entry: Call | Return): void {
  entry.previous.next = entry.next
  if (entry.next !== null && entry.next.kind !== 'HEAD') entry.next.previous = entry.previous
}

/** Undoes the last `unlink` that was not undone yet. */
export function link(entry: Call | Return): void {
  entry.previous.next = entry
  if (entry.next !== null && entry.next.kind !== 'HEAD') entry.next.previous = entry
}
