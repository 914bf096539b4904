/**
 * Leases without a shared clock. The stream only compares: it grants what is free or still exactly as the asker saw it.
 * Time is the asker's alone: it watches a holder, and once it has seen no sign of life for long enough by its own clock,
 * it asks for the lease in the holder's place. A holder that was only slow is fenced by the epoch.
 */

import type { AcquireRequest, Lease, RelayState } from './stream.ts'

const NOTHING = { through: 0, ahead: [] }

/** The state of a new stream. */
export const UNTOUCHED: RelayState = {
  ...{ progress: { CRM: NOTHING, ERP: NOTHING }, version: 0 },
  ...{ epoch: 0, holder: null, beat: 0 },
}

export function isGranted(state: RelayState, { holder, instead }: AcquireRequest): boolean {
  if (state.holder === null || state.holder === holder) return true
  return instead !== null && isSameLife(state, instead)
}

/** The state under the asker's lease. */
export function granted(state: RelayState, { holder }: AcquireRequest): RelayState {
  return { ...state, holder, epoch: state.epoch + 1, beat: 0 }
}

export function isHeld(state: RelayState, lease: Lease): boolean {
  return state.holder !== null && state.epoch === lease.epoch
}

export function alive(state: RelayState): RelayState {
  return { ...state, beat: state.beat + 1 }
}

/** A state of the relay, and since when the watcher has seen no other, by its own clock in milliseconds. */
export interface Sighting {
  readonly state: RelayState
  readonly since: number
}

/** What the watcher knows after another look. */
export function sight(before: Sighting | null, state: RelayState, now: number): Sighting {
  return before !== null && isSameLife(before.state, state) ? { ...before, state } : { state, since: now }
}

/** Whether the holder has given no sign of life for so long that it may be replaced. */
export function isSilent({ since }: Sighting, now: number, silenceMsMax: number): boolean {
  return now - since >= silenceMsMax
}

function isSameLife(one: RelayState, other: RelayState): boolean {
  return one.epoch === other.epoch && one.beat === other.beat
}
