/**
 * Leases without a shared clock. The store only compares: it grants what is free or still exactly as the asker saw it.
 * Time is the asker's alone: it watches a holder, and once it has seen no sign of life for long enough by its own clock,
 * it asks for the lease in the holder's place. A holder that was only slow is fenced by the epoch.
 */

import type { Lease, RelayState } from './stream.ts'

/** Who holds a lease, as its store keeps it; what is kept beside it stays as it is. */
export type LeaseState = Pick<RelayState, 'epoch' | 'holder' | 'beat'>

interface Asking {
  readonly holder: string
  readonly instead: LeaseState | null
}

/** Nobody's, and never anybody's. */
export const FREE: LeaseState = { epoch: 0, holder: null, beat: 0 }

const NOTHING = { through: 0, ahead: [] }

/** The state of a new stream. */
export const UNTOUCHED: RelayState = { progress: { CRM: NOTHING, ERP: NOTHING }, version: 0, ...FREE }

export function isGranted(state: LeaseState, { holder, instead }: Asking): boolean {
  if (state.holder === null || state.holder === holder) return true
  return instead !== null && isSameLife(state, instead)
}

/** The state under the asker's lease. */
export function granted<S extends LeaseState>(state: S, { holder }: Asking): S {
  return { ...state, holder, epoch: state.epoch + 1, beat: 0 }
}

export function isHeld(state: LeaseState, lease: Lease): boolean {
  return state.holder !== null && state.epoch === lease.epoch
}

export function alive<S extends LeaseState>(state: S): S {
  return { ...state, beat: state.beat + 1 }
}

/** A state of a lease, and since when the watcher has seen no other, by its own clock in milliseconds. */
export interface Sighting<S extends LeaseState = RelayState> {
  readonly state: S
  readonly since: number
}

/** What the watcher knows after another look. */
export function sight<S extends LeaseState>(before: Sighting<S> | null, state: S, now: number): Sighting<S> {
  return before !== null && isSameLife(before.state, state) ? { ...before, state } : { state, since: now }
}

/** Whether the holder has given no sign of life for so long that it may be replaced. */
export function isSilent({ since }: Pick<Sighting, 'since'>, now: number, silenceMsMax: number): boolean {
  return now - since >= silenceMsMax
}

function isSameLife(one: LeaseState, other: LeaseState): boolean {
  return one.epoch === other.epoch && one.beat === other.beat
}
