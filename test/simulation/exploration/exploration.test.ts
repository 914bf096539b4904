import { describe, expect, it } from 'vitest'
import type { Vote } from '../../../schema/participant.ts'
import { type Exploration, explore, exploreModel, QUICK } from './explore.ts'
import { KEPT, type Promises } from './holding.ts'
import type { Core } from './machines.ts'
import type { Model } from './model.ts'
import { BATCH, CORE, ONE_LOCK, RESOLVABLE, TWO_PLANS } from './models.ts'

const ATOMIC = 'what one participant has committed, every other has committed or promised under the same plan'
const ABORTED = 'a caller that was told REVERTED finds it aborted everywhere'
const MEMBERS = 'a member of a batch that one participant refused is committed by none'
const ENDING = 'once nothing is lost any more, every transaction comes to an end'

/** Tells everybody to commit every member. */
const FORGETFUL: Core = {
  ...CORE,
  decide: (state, event) => {
    const { state: next, commands } = CORE.decide(state, event)
    return {
      state: next,
      commands: commands.map((one) => (one.command === 'COMMIT' ? { ...one, leftOut: [] } : one)),
    }
  },
}

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
      property: ABORTED,
      steps: [
        '1. The coordinator begins and asks CRM to PREPARE and ERP to PREPARE.',
        '2. CRM receives PREPARE: it holds ABORTED (REFUSED), not forced yet.',
        '3. CRM forces what it holds: it holds ABORTED (REFUSED).',
        '4. The coordinator hears nothing from ERP about its PREPARE, is REVERTING.',
        '5. The coordinator hears from CRM a no, is REVERTED, tells its caller REVERTED.',
        '6. Broken: a caller that was told REVERTED finds it aborted everywhere. CRM holds ABORTED (REFUSED); ' +
          'ERP holds nothing; the caller was told REVERTED; the coordinator is REVERTED.',
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
    expect(found?.property).toBe(ABORTED)
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

  it('that resolves before the deadline is found out', () => {
    const found = brokenBy({ ...RESOLVABLE, core: { ...CORE, mayResolve: () => true } })
    expect(found?.property).toBe('nobody resolves a transaction before its deadline beside somebody who is alive')
  })

  it('that prepares again to resolve is found out', () => {
    const found = brokenBy({ ...RESOLVABLE, core: { ...CORE, beginResolve: CORE.begin } })
    expect(found?.property).toBe('only its coordinator asks to prepare a transaction')
  })

  it('that asks nothing and yet waits is found out', () => {
    const found = decide((state, event) => {
      const { state: next, commands } = CORE.decide(state, event)
      return { state: next, commands: commands.filter(({ command }) => command !== 'ABORT') }
    })
    expect(found?.property).toBe('a machine waits for what it has asked for alone')
  })

  it('that never resolves is found out', () => {
    const found = brokenBy({ ...RESOLVABLE, core: { ...CORE, mayResolve: () => false } })
    expect(found?.property).toBe(ENDING)
  })
})

describe('a weaker core, of a batch', { timeout: 60_000 }, () => {
  const decide = (weaker: (...given: Parameters<Core['decide']>) => ReturnType<Core['decide']>) =>
    brokenBy({ ...BATCH, core: { ...CORE, decide: weaker } })

  it('that forgets whom another refused is found out, by a shortest way', () => {
    const found = decide((state, event) =>
      CORE.decide(
        state.state === 'DECIDING'
          ? { ...state, yes: state.yes.map((yes) => ({ ...yes, leftOut: { members: [], violations: [] } })) }
          : state,
        event,
      ),
    )
    expect(found).toEqual({
      property: MEMBERS,
      steps: [
        '1. The coordinator begins and asks CRM to PREPARE and ERP to PREPARE.',
        '2. CRM receives PREPARE: it holds PREPARED, not forced yet.',
        '3. CRM forces what it holds: it holds PREPARED.',
        '4. ERP receives PREPARE: it holds PREPARED without member 1, not forced yet.',
        '5. ERP forces what it holds: it holds PREPARED without member 1.',
        '6. The coordinator hears from ERP that it holds PREPARED without member 1.',
        '7. The coordinator hears from CRM that it holds PREPARED, is COMMITTING, asks CRM to COMMIT and ERP to COMMIT.',
        '8. CRM receives COMMIT: it holds COMMITTED, not forced yet.',
        '9. Broken: a member of a batch that one participant refused is committed by none. CRM holds COMMITTED, not ' +
          'forced yet; ERP holds PREPARED without member 1; the coordinator is COMMITTING.',
      ],
    })
  })

  it('that tells each participant what it has said itself is found out', () => {
    const found = decide((state, event) => {
      const { state: next, commands } = CORE.decide(state, event)
      const own = (system: string) =>
        state.state === 'DECIDING' ? state.yes.find((yes) => yes.system === system)?.leftOut.members : undefined
      return {
        state: next,
        commands: commands.map((one) =>
          one.command === 'COMMIT' ? { ...one, leftOut: own(one.system) ?? one.leftOut } : one,
        ),
      }
    })
    expect(found?.property).toBe(MEMBERS)
  })

  it('that takes the members of a row that is committed for none is found out', () => {
    const found = decide((state, event) =>
      CORE.decide(
        state,
        event.event === 'FENCED' && event.answer.state === 'COMMITTED'
          ? { ...event, answer: { state: 'COMMITTED' } }
          : event,
      ),
    )
    expect(found?.property).toBe('no machine is told what contradicts its decision')
  })
})

describe('a participant', { timeout: 60_000 }, () => {
  const weakened = (model: Model, broken: Partial<Promises>) => brokenBy({ ...model, promises: { ...KEPT, ...broken } })

  it.each<[string, Model, Partial<Promises>, string]>([
    ['that answers before it forces', RESOLVABLE, { answersAfterForce: false }, ABORTED],
    ['that does not force a refusal', RESOLVABLE, { forcesRefusals: false }, ABORTED],
    ['whose fence looks and inserts nothing', RESOLVABLE, { fenceInserts: false }, ABORTED],
    ['that aborts of itself after a yes', RESOLVABLE, { keepsItsYes: false }, ATOMIC],
    ['that forgets its rows early', RESOLVABLE, { keepsItsRows: false }, ABORTED],
    ['that commits a member which it refused', { ...BATCH, core: FORGETFUL }, { keepsItsRefusals: false }, MEMBERS],
    ['that counts votes across plans', TWO_PLANS, { tellsPlansApart: false }, ATOMIC],
    [
      'that lets the younger wait for the older',
      ONE_LOCK,
      { refusesTheYounger: false },
      'the older waits for the younger alone, so that no two wait for each other',
    ],
  ])('%s is found out', (_, model, broken, property) => {
    expect(weakened(model, broken)).toMatchObject({ property })
  })
})

function brokenBy(model: Model): Exploration['violation'] {
  return exploreModel(model).violation
}
