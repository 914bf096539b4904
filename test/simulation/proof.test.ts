/** The short proof: what every change must pass. Each part prints what it covered. */

import { describe, expect, test } from 'vitest'
import { replay } from './proof/draw.ts'
import { perform } from './proof/fleet.ts'
import { AT_ONCE, crashPoints, drawSeeds, exploration, hunts } from './proof/plan.ts'
import {
  mergeCrashes,
  mergeDraws,
  neverMet,
  tellCrashes,
  tellDraws,
  tellExplorations,
  tellHunts,
} from './proof/report.ts'

const MINUTES = 60_000
const STATES_MIN = 100_000

describe('the protocol keeps its promises', () => {
  test('in 10,000 drawn worlds, which meet every rare situation', { timeout: 10 * MINUTES }, async () => {
    const report = mergeDraws(await perform(drawSeeds(), AT_ONCE))
    process.stdout.write(`${tellDraws(report)}\n`)
    expect(report.failure === null ? null : (await replay(report.failure.seed)).story).toBe(null)
    expect(neverMet(report)).toEqual([])
    expect(report.worlds).toBe(10_000)
  })

  test('in every state of its models', { timeout: 10 * MINUTES }, async () => {
    const explorations = (await perform(exploration('SHORT'), AT_ONCE)).flat()
    process.stdout.write(`${tellExplorations(explorations)}\n`)
    expect(explorations.filter(({ violation }) => violation !== null)).toEqual([])
    expect(explorations.flatMap(({ neverReached }) => neverReached)).toEqual([])
    expect(explorations.reduce((total, { states }) => total + states, 0)).toBeGreaterThan(STATES_MIN)
  })

  test('at every crash point', { timeout: 10 * MINUTES }, async () => {
    const report = mergeCrashes(await perform(crashPoints('SINGLES', null), AT_ONCE))
    process.stdout.write(`${tellCrashes(report, 'SINGLES')}\n`)
    expect(report).toMatchObject({ failure: null, isComplete: true, neverMet: [] })
    expect(report.crashes).toBe(4 * report.effects)
  })
})

test('every weakening of the protocol is caught', { timeout: 10 * MINUTES }, async () => {
  const found = await perform(hunts(false), AT_ONCE)
  process.stdout.write(`${tellHunts(found)}\n`)
  expect(found.filter(({ catches }) => catches.length === 0).map(({ mutant }) => mutant)).toEqual([])
})
