/** What clients did to one record and what they were told, in the order in which one observer saw it. */

import type { Action, Seen } from './register.ts'

export type Outcome =
  /** It took effect, once, between its two events. */
  | { readonly outcome: 'OK'; readonly seen: Seen }
  /** It took no effect and never will. */
  | { readonly outcome: 'REFUSED' }
  /** Nobody knows whether it took effect, or takes effect one day. */
  | { readonly outcome: 'UNKNOWN' }

/** `invoked` and `returned` are positions among all events of the history: no two are equal. */
export interface Operation {
  readonly client: string
  readonly action: Action
  readonly invoked: number
  /** For an unknown outcome: when the client gave up, which says nothing of when the operation takes effect. */
  readonly returned: number
  readonly outcome: Outcome
}

export type History = readonly Operation[]

/** Those that can have left a trace: what was refused changed nothing, and a read that nobody was told of tells nothing. */
export function effective(history: History): History {
  return history.filter(
    ({ action, outcome }) => outcome.outcome === 'OK' || (outcome.outcome === 'UNKNOWN' && action.act !== 'READ'),
  )
}

/**
 * The history up to the event at `horizon`, itself included. What has not returned by then is open: from here nobody
 * can tell what it will answer.
 */
export function prefixOf(history: History, horizon: number): History {
  return history
    .filter(({ invoked }) => invoked <= horizon)
    .map((operation) => (operation.returned <= horizon ? operation : { ...operation, outcome: { outcome: 'UNKNOWN' } }))
}
