/** What a run went through: a check that saw nothing proves nothing. */

import type { Inflicted } from './inflict.ts'
import type { Observation } from './observed.ts'

export interface Coverage extends Inflicted {
  readonly acknowledged: number
  readonly refused: number
  /** Writes that no answer explains, or that an answer left open. */
  readonly unknown: number
  readonly reads: number
  readonly records: number
  readonly seconds: number
}

export const NOTHING_COVERED: Coverage = {
  kills: 0,
  killsWhileStarting: 0,
  freezes: 0,
  edgeFaults: 0,
  acknowledged: 0,
  refused: 0,
  unknown: 0,
  reads: 0,
  records: 0,
  seconds: 0,
}

export function coverageOf(inflicted: Inflicted, observations: readonly Observation[], seconds: number): Coverage {
  const told = observations.flatMap((observation) => ('told' in observation.told ? [observation.told.told] : []))
  const count = (...wanted: readonly (typeof told)[number][]) => told.filter((one) => wanted.includes(one)).length
  return {
    ...inflicted,
    acknowledged: count('COMMITTED'),
    refused: count('REFUSED'),
    unknown: count('UNKNOWN', 'COMMITTING'),
    reads: observations.length - told.length,
    records: new Set(observations.map(({ record }) => record)).size,
    seconds,
  }
}

export function plus(one: Coverage, other: Coverage): Coverage {
  return {
    kills: one.kills + other.kills,
    killsWhileStarting: one.killsWhileStarting + other.killsWhileStarting,
    freezes: one.freezes + other.freezes,
    edgeFaults: one.edgeFaults + other.edgeFaults,
    acknowledged: one.acknowledged + other.acknowledged,
    refused: one.refused + other.refused,
    unknown: one.unknown + other.unknown,
    reads: one.reads + other.reads,
    records: one.records + other.records,
    seconds: one.seconds + other.seconds,
  }
}
