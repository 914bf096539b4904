import { beforeAll, describe, expect, it } from 'vitest'
import type { Vote } from '../../../schema/participant.ts'
import { type Exploration, explore, exploreModel, QUICK } from './explore.ts'
import { KEPT, type Promises } from './holding.ts'
import type { Core } from './machines.ts'
import type { Model } from './model.ts'
import { CORE, ONE_LOCK, RESOLVABLE, TWO_PLANS } from './models.ts'

const ATOMIC = 'what one participant has committed, every other has committed or promised under the same plan'
const ENDING = 'once nothing is lost any more, every transaction comes to an end'

describe('everything that can happen', () => {
  let explorations: readonly Exploration[] = []
  beforeAll(() => {
    explorations = explore({ bound: 'SHORT' })
  }, 120_000)

  it('breaks no promise and leaves no way without an end', () => {
    expect(explorations.map(({ violation }) => violation)).toEqual(explorations.map(() => null))
  })

  it('is more than a hundred thousand states', () => {
    expect(explorations.reduce((sum, { states }) => sum + states, 0)).toBeGreaterThan(100_000)
  })

  it('includes every rare situation that each model is there for', () => {
    expect(explorations.flatMap(({ model, neverReached }) => neverReached.map((one) => `${model}: ${one}`))).toEqual([])
  })
})

describe('what is explored', { timeout: 60_000 }, () => {
  it('can be chosen by name', () => {
    const [first] = QUICK
    expect(explore({ bound: 'LONG', models: [`${first}`] }).map(({ model }) => model)).toEqual([first])
  })

  it('must have a name that is known', () => {
    expect(() => explore({ bound: 'SHORT', models: ['nothing'] })).toThrow(RangeError)
  })

  it('tells what it never met', () => {
    const blind: Model = { ...TWO_PLANS, situations: ['two resolvers race'] }
    expect(exploreModel(blind).neverReached).toEqual(['two resolvers race'])
  })
})

describe('a weaker core', { timeout: 60_000 }, () => {
  const decide = (weaker: (...given: Parameters<Core['decide']>) => ReturnType<Core['decide']>) =>
    brokenBy({ ...RESOLVABLE, core: { ...CORE, decide: weaker } })

  const voteOnSilence = (vote: Vote) =>
    decide((state, event) => {
      const isUnvoted =
        state.state === 'DECIDING' && event.event === 'NO_ANSWER' && state.open.get(event.system)?.step === 'PREPARE'
      return CORE.decide(state, isUnvoted ? { event: 'VOTED', system: event.system, vote } : event)
    })

  it('that takes silence for a no is found out, by a shortest way', () => {
    expect(voteOnSilence({ vote: 'NO', violations: [] })).toEqual({
      property: 'a caller that was told of a refusal never finds anything committed',
      steps: [
        '1. The coordinator begins and asks CRM to PREPARE and ERP to PREPARE.',
        '2. CRM receives PREPARE: it holds PREPARED, not forced yet.',
        '3. CRM forces what it holds: it holds PREPARED.',
        '4. ERP receives PREPARE: it holds PREPARED, not forced yet.',
        '5. ERP forces what it holds: it holds PREPARED.',
        '6. The coordinator hears nothing from CRM about its PREPARE, is REVERTING.',
        '7. The deadline passes.',
        '8. The coordinator hears of the deadline, asks ERP to FENCE, tells its caller REVERTING.',
        '9. The resolver begins and asks CRM to FENCE and ERP to FENCE.',
        '10. The resolver hears from CRM that it holds PREPARED.',
        '11. The resolver hears from ERP that it holds PREPARED, is COMMITTING, asks CRM to COMMIT and ERP to COMMIT.',
        '12. CRM receives COMMIT: it holds COMMITTED, not forced yet.',
        '13. Broken: a caller that was told of a refusal never finds anything committed. CRM holds COMMITTED, ' +
          'not forced yet; ERP holds PREPARED; the caller was told REVERTING; the coordinator is REVERTING; ' +
          'the resolver is COMMITTING.',
      ],
    })
  })

  it('that takes silence for a yes is found out', () => {
    expect(voteOnSilence({ vote: 'YES', state: 'PREPARED' })).toMatchObject({
      property: 'a caller that was told COMMITTING has a yes everywhere',
    })
  })

  it('that lets the deadline decide is found out', () => {
    const found = decide((state, event) =>
      event.event === 'DEADLINE_PASSED' && state.state === 'DECIDING'
        ? { state: { state: 'REVERTED', refusals: [] }, commands: state.answered ? [] : [{ command: 'ANSWER' }] }
        : CORE.decide(state, event),
    )
    expect(found?.property).toBe('a caller that was told of a refusal never finds anything committed')
  })

  it('that answers its caller again is found out', () => {
    const found = decide((state, event) =>
      event.event === 'DEADLINE_PASSED' ? { state, commands: [{ command: 'ANSWER' }] } : CORE.decide(state, event),
    )
    expect(found?.property).toBe('a caller is answered once')
  })

  it('that hears no acknowledgement is found out', () => {
    const found = decide((state, event) =>
      event.event === 'ACKNOWLEDGED' ? { state, commands: [] } : CORE.decide(state, event),
    )
    expect(found?.property).toBe(ENDING)
  })

  it('that never resolves is found out', () => {
    const found = brokenBy({ ...RESOLVABLE, core: { ...CORE, mayResolve: () => false } })
    expect(found?.property).toBe(ENDING)
  })
})

describe('a participant', { timeout: 60_000 }, () => {
  const weakened = (model: Model, broken: Partial<Promises>) => brokenBy({ ...model, promises: { ...KEPT, ...broken } })

  it.each<[string, Model, Partial<Promises>, string]>([
    ['that answers before it forces', RESOLVABLE, { answersAfterForce: false }, ATOMIC],
    ['that does not force a refusal', RESOLVABLE, { forcesRefusals: false }, 'a refusal is never applied'],
    [
      'whose fence looks and inserts nothing',
      RESOLVABLE,
      { fenceInserts: false },
      'no machine is told what contradicts its decision',
    ],
    ['that aborts of itself after a yes', RESOLVABLE, { keepsItsYes: false }, ATOMIC],
    ['that forgets its rows early', RESOLVABLE, { keepsItsRows: false }, 'a refusal is never applied'],
    ['that counts votes across plans', TWO_PLANS, { tellsPlansApart: false }, ATOMIC],
    [
      'that lets the younger wait for the older',
      ONE_LOCK,
      { refusesTheYounger: false },
      'no two transactions wait for each other',
    ],
  ])('%s is found out', (_, model, broken, property) => {
    expect(weakened(model, broken)).toMatchObject({ property })
  })
})

function brokenBy(model: Model): Exploration['violation'] {
  return exploreModel(model).violation
}
