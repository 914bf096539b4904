/** Every crash point: each story once for each effect, its process dying right before or right after it. */

import type { Broken } from '../invariants/broken.ts'
import type { CrashPoint, Effect } from '../kernel/crash.ts'
import { type Simulation, simulate } from '../simulate.ts'
import type { Situation } from '../situations.ts'
import { type Story, stories } from './stories.ts'

export interface CrashReport {
  /** Effects, over all stories. */
  readonly effects: number
  /** Stories told, each with a crash point or a pair of them. */
  readonly crashes: number
  readonly seconds: number
  /** Whether nothing was left out. */
  readonly isComplete: boolean
  /** What a story is told for and did not meet. */
  readonly neverMet: readonly string[]
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

export async function crashEverywhere({ of, share, until }: CrashOptions): Promise<CrashReport> {
  const begin = performance.now()
  const calm = await Promise.all(stories().map(async (story) => ({ story, told: await tell(story, []) })))
  const report: Mutable<CrashReport> = {
    ...{ effects: calm.reduce((total, { told }) => total + told.effects.length, 0), crashes: 0, seconds: 0 },
    neverMet: calm.flatMap(({ story, told }) => missing(story, told).map((one) => `${story.name}: ${one}`)),
    ...{ isComplete: true, failure: null },
  }
  const finish = (rest: Partial<CrashReport> = {}): CrashReport => ({
    ...report,
    ...rest,
    seconds: (performance.now() - begin) / 1_000,
  })

  for (const { story, told } of calm) {
    if (told.broken !== null) return finish({ failure: { story: story.name, points: [], broken: told.broken } })
  }
  for (const { story, first } of inTurn(calm).filter((_, turn) => turn % share.of === share.index)) {
    const seconds = of === 'SINGLES' ? [] : pointsFrom((await tell(story, [first])).effects, first.effect)
    for (const points of of === 'SINGLES' ? [[first]] : seconds.map((second) => [first, second])) {
      for (const survival of SURVIVALS) {
        if (until !== null && Date.now() > until) return finish({ isComplete: false })
        report.crashes += 1
        const { broken } = await simulate({ ...story.scenario, survival, crashes: points })
        if (broken !== null) return finish({ isComplete: false, failure: { story: story.name, points, broken } })
      }
    }
  }
  return finish()
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }
type Told = { readonly story: Story; readonly told: Simulation }

/** The first crash point of each story, then the second of each, and so on: when time is short no story is left out. */
function inTurn(calm: readonly Told[]): readonly { readonly story: Story; readonly first: CrashPoint }[] {
  const points = calm.map(({ story, told }) => ({ story, all: pointsFrom(told.effects, 0) }))
  const most = Math.max(...points.map(({ all }) => all.length))
  return Array.from({ length: most }, (_, turn) =>
    points.flatMap(({ story, all }) => {
      const first = all[turn]
      return first === undefined ? [] : [{ story, first }]
    }),
  ).flat()
}

function missing({ meets }: Story, { coverage }: Simulation): readonly Situation[] {
  return meets.filter((situation) => coverage[situation] === 0)
}

function tell({ scenario }: Story, crashes: readonly CrashPoint[]): Promise<Simulation> {
  return simulate({ ...scenario, crashes, survival: 'ALWAYS' }, { isTold: true })
}

function pointsFrom(effects: readonly Effect[], after: number): readonly CrashPoint[] {
  return effects.flatMap((_, index) => (index < after ? [] : WHENS.map((when) => ({ effect: index + 1, when }))))
}
