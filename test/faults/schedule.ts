/** Which fault comes next: drawn from a seed, so that a run can be tried again. Pure. */

import type { Random } from '../simulation/kernel/random.ts'
import { EDGES, type Edge, GATEWAYS, MEMBERS, type Member, SYSTEMS } from './cluster.ts'
import type { Behaviour } from './proxy.ts'

export type Fault =
  /** `kill -9`, and a start after the time. `evenAtStart`: also while it is starting. */
  | { readonly kind: 'KILL'; readonly member: Member; readonly downMs: number; readonly evenAtStart: boolean }
  /** Alive and silent for the time, then on with whatever it was at. */
  | { readonly kind: 'FREEZE'; readonly member: Member; readonly ms: number }
  /** The edge misbehaves for the time; what it holds is lost if it is cut at the end. */
  | {
      readonly kind: 'EDGE'
      readonly edge: Edge
      readonly behaviour: Behaviour
      readonly ms: number
      readonly cut: boolean
    }

/** Systems are killed more often than gateways: they keep what must not be lost, and are back sooner. */
const drawVictim = (random: Random): Member => (random.chance(0.8) ? random.pick(SYSTEMS) : random.pick(GATEWAYS))

/** `writeTimeoutMs` is what a write has to be decided: some faults outlast it. */
export function drawFault(random: Random, writeTimeoutMs: number): Fault {
  const ms = Math.round(writeTimeoutMs * (0.1 + 1.6 * random.fraction()))
  const draw = random.fraction()
  if (draw < 0.5)
    return { kind: 'KILL', member: drawVictim(random), downMs: random.below(300), evenAtStart: random.chance(0.2) }
  if (draw < 0.65) return { kind: 'FREEZE', member: random.pick(MEMBERS), ms }
  return { kind: 'EDGE', edge: random.pick(EDGES), behaviour: drawBehaviour(random), ms, cut: random.chance(0.5) }
}

function drawBehaviour(random: Random): Behaviour {
  return random.pick<() => Behaviour>([
    () => ({ kind: 'PASS' }),
    () => ({ kind: 'DELAY', ms: 5 + random.below(100) }),
    () => ({ kind: 'HOLD', ways: ['THERE'] }),
    () => ({ kind: 'HOLD', ways: ['BACK'] }),
    () => ({ kind: 'HOLD', ways: ['THERE', 'BACK'] }),
    () => ({ kind: 'TRUNCATE', bytes: random.below(2_000) }),
    () => ({ kind: 'HALF_CLOSE', bytes: random.below(2_000) }),
    () => ({ kind: 'TRICKLE', bytes: 1 + random.below(200), everyMs: 5 + random.below(20) }),
  ])()
}
