import { describe, expect, test } from 'vitest'
import { simulate } from './simulate.ts'
import { drawScenario } from './workload/scenario.ts'

describe('a simulated world', () => {
  test('is the same whenever it is made from the same seed, told or not', async () => {
    for (const seed of [1, 2, 3]) {
      const [first, again] = [await simulate(drawScenario(seed)), await simulate(drawScenario(seed), { isTold: true })]
      expect(again.fingerprint).toBe(first.fingerprint)
      expect(again.steps).toBe(first.steps)
      expect(again.trace.length).toBeGreaterThan(0)
    }
  })

  test('is another one for another seed', async () => {
    const worlds = await Promise.all([10, 11, 12].map((seed) => simulate(drawScenario(seed))))
    expect(new Set(worlds.map(({ fingerprint }) => fingerprint)).size).toBe(3)
  })

  test('in which a process dies at an effect goes on, and numbers the effects up to it alike', async () => {
    const scenario = { ...drawScenario(4), crashes: [] }
    const whole = await simulate(scenario, { isTold: true })
    const broken = await simulate({ ...scenario, crashes: [{ effect: 10, when: 'AFTER' }] }, { isTold: true })
    expect(broken.effects.slice(0, 10)).toEqual(whole.effects.slice(0, 10))
    expect(broken.trace.some((line) => line.endsWith('dies'))).toBe(true)
    expect(broken.broken).toBe(null)
  })
})
