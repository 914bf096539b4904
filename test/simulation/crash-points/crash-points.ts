/** Every crash point: each story once for each effect, its process dying right before or right after it. */

import type { Broken } from '../invariants/broken.ts'
import type { CrashPoint, Effect } from '../kernel/crash.ts'
import { simulate } from '../simulate.ts'
import { type Story, stories } from './stories.ts'

export interface CrashReport {
  /** Effects, over all stories. */
  readonly effects: number
  /** Stories told, each with a crash point or a pair of them. */
  readonly crashes: number
  readonly seconds: number
  /** Whether nothing was left out. */
  readonly isComplete: boolean
  readonly failure: { readonly story: string; readonly points: readonly CrashPoint[]; readonly broken: Broken } | null
}

export interface CrashOptions {
  /** Pairs: after each crash one more, at every later effect. */
  readonly of: 'SINGLES' | 'PAIRS'
  /** Takes each `share.of`-th crash point, from `share.index` on, so that several processes can share the work. */
  readonly share: { readonly index: number; readonly of: number }
  /** Milliseconds since the epoch; no story begins later. */
  readonly until: number | null
}

const WHENS = ['BEFORE', 'AFTER'] as const
/** What becomes of a group that was being forced. */
const SURVIVALS = ['ALWAYS', 'NEVER'] as const

export async function crashEverywhere(options: CrashOptions): Promise<CrashReport> {
  const { of, share, until } = options
  const begin = performance.now()
  let effects = 0
  let crashes = 0
  let turn = 0
  const report = (rest: Pick<CrashReport, 'failure' | 'isComplete'>): CrashReport => ({
    ...{ effects, crashes, seconds: (performance.now() - begin) / 1_000 },
    ...rest,
  })

  for (const story of stories()) {
    const calm = await simulate({ ...story.scenario, survival: 'ALWAYS' }, { isTold: true })
    if (calm.broken !== null) {
      return report({ failure: { story: story.name, points: [], broken: calm.broken }, isComplete: false })
    }
    effects += calm.effects.length
    for (const first of pointsFrom(calm.effects, 0)) {
      turn += 1
      if (turn % share.of !== share.index) continue
      const seconds = of === 'SINGLES' ? [] : pointsFrom(await effectsOf(story, [first]), first.effect)
      for (const points of of === 'SINGLES' ? [[first]] : seconds.map((second) => [first, second])) {
        for (const survival of SURVIVALS) {
          if (until !== null && Date.now() > until) return report({ failure: null, isComplete: false })
          crashes += 1
          const { broken } = await simulate({ ...story.scenario, survival }, { crashes: points })
          if (broken !== null) return report({ failure: { story: story.name, points, broken }, isComplete: false })
        }
      }
    }
  }
  return report({ failure: null, isComplete: true })
}

async function effectsOf({ scenario }: Story, crashes: readonly CrashPoint[]): Promise<readonly Effect[]> {
  return (await simulate({ ...scenario, survival: 'ALWAYS' }, { crashes, isTold: true })).effects
}

function pointsFrom(effects: readonly Effect[], after: number): readonly CrashPoint[] {
  return effects.flatMap((_, index) => (index < after ? [] : WHENS.map((when) => ({ effect: index + 1, when }))))
}
