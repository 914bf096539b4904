import { describe, expect, it } from 'vitest'
import { type Command, NOBODY } from '../../../gateway/coordinator/protocol-state.ts'
import type { Vote } from '../../../schema/participant.ts'
import type { System } from '../../../schema/record.ts'
import { type Exploration, explore, exploreModel, QUICK } from './explore.ts'
import { KEPT, type Promises } from './holding.ts'
import type { Core } from './machines.ts'
import type { Model } from './model.ts'
import { BATCHED, CORE, ONE_LOCK, RESOLVABLE, TWO_PLANS } from './models.ts'

const ATOMIC = 'what one participant has committed, every other has committed or promised under the same plan'
const ABORTED = 'a caller that was told REVERTED finds it aborted everywhere'
const MEMBERS = 'what one participant has committed of a member, every other has committed or promised'
const ENDING = 'once nothing is lost any more, every transaction comes to an end'

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

  it('that forgets whom another participant refuses is found out', () => {
    const found = brokenBy({
      ...BATCHED,
      core: {
        ...CORE,
        decide: (state, event) => {
          if (state.state !== 'DECIDING') return CORE.decide(state, event)
          return CORE.decide({ ...state, yes: state.yes.map(({ system }) => ({ system, leftOut: NOBODY })) }, event)
        },
      },
    })
    expect(found?.property).toBe('whoever commits a batch leaves out whom a participant refuses, and nobody else')
  })

  it('that tells each participant no more than what this one refuses is found out', () => {
    const found = brokenBy({
      ...BATCHED,
      core: {
        ...CORE,
        decide: (state, event) => {
          const { state: next, commands } = CORE.decide(state, event)
          if (state.state !== 'DECIDING' || event.event === 'DEADLINE_PASSED') return { state: next, commands }
          const own = new Map(state.yes.map(({ system, leftOut }) => [system, leftOut.members] as const))
          return { state: next, commands: commands.map((command) => withMembers(command, own)) }
        },
      },
    })
    expect(found?.property).toBe(MEMBERS)
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

function withMembers(command: Command, own: ReadonlyMap<System, readonly number[]>): Command {
  if (command.command !== 'COMMIT') return command
  return { ...command, leftOut: own.get(command.system) ?? command.leftOut }
}

describe('a participant', { timeout: 60_000 }, () => {
  const weakened = (model: Model, broken: Partial<Promises>) => brokenBy({ ...model, promises: { ...KEPT, ...broken } })

  it.each<[string, Model, Partial<Promises>, string]>([
    ['that answers before it forces', RESOLVABLE, { answersAfterForce: false }, ABORTED],
    ['that does not force a refusal', RESOLVABLE, { forcesRefusals: false }, ABORTED],
    ['whose fence looks and inserts nothing', RESOLVABLE, { fenceInserts: false }, ABORTED],
    ['that aborts of itself after a yes', RESOLVABLE, { keepsItsYes: false }, ATOMIC],
    ['that forgets its rows early', RESOLVABLE, { keepsItsRows: false }, ABORTED],
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
