import { describe, expect, test } from 'vitest'
import type { FenceAnswer, Violation, Vote } from '../../schema/participant.ts'
import type { System } from '../../schema/record.ts'
import { begin, beginResolve, decide, mayResolve, retryAfterMs } from './protocol.ts'
import type { Command, Decision, Event, State, Step } from './protocol-state.ts'

const BOTH: readonly System[] = ['CRM', 'ERP']

const reason = (message: string): Violation => ({
  code: 'VALIDATION',
  message,
  system: null,
  write: null,
  table: null,
  column: null,
  path: null,
  retryable: false,
})
const SHORT = reason('too short')
const LONG = reason('too long')

const YES: Vote = { vote: 'YES', state: 'PREPARED' }
const DONE: Vote = { vote: 'YES', state: 'COMMITTED' }
const NO: Vote = { vote: 'NO', violations: [SHORT] }
const NO_TOO: Vote = { vote: 'NO', violations: [LONG] }
const FOREIGN: Vote = { vote: 'FOREIGN' }
const NOTHING_WAS_THERE: FenceAnswer = { state: 'ABORTED', violations: [] }

const voted = (system: System, vote: Vote): Event => ({ event: 'VOTED', system, vote })
const fenced = (system: System, answer: FenceAnswer): Event => ({ event: 'FENCED', system, answer })
const acknowledged = (system: System, step: 'COMMIT' | 'ABORT'): Event => ({ event: 'ACKNOWLEDGED', system, step })
const noAnswer = (system: System, step: Step): Event => ({ event: 'NO_ANSWER', system, step })
const timer = (system: System): Event => ({ event: 'TIMER_FIRED', system })
const DEADLINE: Event = { event: 'DEADLINE_PASSED' }

const to = (command: Step, ...systems: readonly System[]): readonly Command[] =>
  systems.map((system) => (command === 'COMMIT' ? { command, system, leftOut: [] } : { command, system }))
const retry = (system: System, afterMs: number): Command => ({ command: 'RETRY', system, afterMs })
const ANSWER: Command = { command: 'ANSWER' }

/** The state after the events, and the commands of the last one alone. */
const following = (first: Decision, events: readonly Event[]): Decision =>
  events.reduce((decision, event) => decide(decision.state, event), first)

const OWN = begin(BOTH)
const RESOLVE = beginResolve(BOTH)

interface Case {
  readonly name: string
  readonly first?: Decision
  readonly given: readonly Event[]
  readonly when: Event
  readonly becomes: State['state']
  readonly commands: readonly Command[]
}

function specify(cases: readonly Case[]): void {
  test.each(cases)('$name', ({ first, given, when, becomes, commands }) => {
    const decision = decide(following(first ?? OWN, given).state, when)
    expect(decision.state.state).toBe(becomes)
    expect(decision.commands).toEqual(commands)
  })
}

/** Late, repeated and reordered events change nothing and ask for nothing. */
function ignores(given: readonly Event[], events: readonly Event[], first: Decision = OWN): void {
  test.each(events.map((event) => [JSON.stringify(event), event] as const))('ignores %s', (_name, event) => {
    const { state } = following(first, given)
    expect(decide(state, event)).toEqual({ state, commands: [] })
  })
}

describe('a beginning', () => {
  test('the coordinator asks every participant to prepare, at once', () => {
    expect(OWN.commands).toEqual(to('PREPARE', 'CRM', 'ERP'))
  })
  test('a resolver fences every participant, at once', () => {
    expect(RESOLVE.commands).toEqual(to('FENCE', 'CRM', 'ERP'))
  })
  test.each([
    ['before the deadline', 100, 100, false, false],
    ['past the deadline', 100, 101, false, true],
    ['before the deadline by a process that knows itself alone', 100, 1, true, true],
  ])('a resolve %s', (_name, deadline, now, alone, may) => {
    expect(mayResolve(deadline, now, alone)).toBe(may)
  })
  test('silence is met with 1 s of patience, doubling to 30 s', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 5_000].map(retryAfterMs)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ])
  })
})

describe('DECIDING', () => {
  specify([
    {
      name: 'a first yes decides nothing',
      given: [],
      when: voted('CRM', YES),
      becomes: 'DECIDING',
      commands: [],
    },
    {
      name: 'the last yes is the commit',
      given: [voted('CRM', YES)],
      when: voted('ERP', YES),
      becomes: 'COMMITTING',
      commands: to('COMMIT', 'CRM', 'ERP'),
    },
    {
      name: 'one participant that has committed proves that all said yes',
      given: [],
      when: voted('ERP', DONE),
      becomes: 'COMMITTING',
      commands: to('COMMIT', 'CRM'),
    },
    {
      name: 'a lone participant commits with its vote: no commit round',
      first: begin(['ERP']),
      given: [],
      when: voted('ERP', DONE),
      becomes: 'COMMITTED',
      commands: [ANSWER],
    },
    {
      name: 'a lone participant refuses with its vote',
      first: begin(['ERP']),
      given: [],
      when: voted('ERP', NO),
      becomes: 'REVERTED',
      commands: [ANSWER],
    },
    {
      name: 'a no waits for the votes of the others, whose violations are wanted, too',
      given: [],
      when: voted('CRM', NO),
      becomes: 'REVERTING',
      commands: [],
    },
    {
      name: 'a no aborts those who said yes',
      given: [voted('CRM', YES)],
      when: voted('ERP', NO),
      becomes: 'REVERTING',
      commands: to('ABORT', 'CRM'),
    },
    {
      name: 'an id under another plan aborts this plan',
      given: [voted('CRM', YES)],
      when: voted('ERP', FOREIGN),
      becomes: 'REVERTING',
      commands: to('ABORT', 'CRM'),
    },
    {
      name: 'a participant that was aborted after its yes, on the proof of another resolver, is a no',
      given: [voted('CRM', YES)],
      when: fenced('CRM', NOTHING_WAS_THERE),
      becomes: 'REVERTING',
      commands: [],
    },
    {
      name: 'a prepare without an answer is fenced at once',
      given: [],
      when: noAnswer('ERP', 'PREPARE'),
      becomes: 'DECIDING',
      commands: to('FENCE', 'ERP'),
    },
    {
      name: 'a fence that finds the yes whose reply was lost commits',
      given: [voted('CRM', YES), noAnswer('ERP', 'PREPARE')],
      when: fenced('ERP', { state: 'PREPARED' }),
      becomes: 'COMMITTING',
      commands: to('COMMIT', 'CRM', 'ERP'),
    },
    {
      name: 'a fence that finds a lone commit whose reply was lost ends it',
      first: begin(['CRM']),
      given: [noAnswer('CRM', 'PREPARE')],
      when: fenced('CRM', { state: 'COMMITTED' }),
      becomes: 'COMMITTED',
      commands: [ANSWER],
    },
    {
      name: 'a fence that finds nothing aborts the others',
      given: [voted('CRM', YES), noAnswer('ERP', 'PREPARE')],
      when: fenced('ERP', NOTHING_WAS_THERE),
      becomes: 'REVERTING',
      commands: to('ABORT', 'CRM'),
    },
    {
      name: 'a fence without an answer is repeated after a pause',
      given: [noAnswer('ERP', 'PREPARE')],
      when: noAnswer('ERP', 'FENCE'),
      becomes: 'DECIDING',
      commands: [retry('ERP', 1_000)],
    },
    {
      name: 'the repeat is a fence, not a prepare',
      given: [noAnswer('ERP', 'PREPARE'), noAnswer('ERP', 'FENCE')],
      when: timer('ERP'),
      becomes: 'DECIDING',
      commands: to('FENCE', 'ERP'),
    },
    {
      name: 'a second silence is met with a longer pause',
      given: [noAnswer('ERP', 'PREPARE'), noAnswer('ERP', 'FENCE'), timer('ERP')],
      when: noAnswer('ERP', 'FENCE'),
      becomes: 'DECIDING',
      commands: [retry('ERP', 2_000)],
    },
    {
      name: 'the deadline decides nothing: it fences who has not voted and answers',
      given: [voted('CRM', YES)],
      when: DEADLINE,
      becomes: 'DECIDING',
      commands: [...to('FENCE', 'ERP'), ANSWER],
    },
    {
      name: 'a yes that was on its way at the deadline still commits, with nobody to answer',
      given: [voted('CRM', YES), DEADLINE],
      when: voted('ERP', YES),
      becomes: 'COMMITTING',
      commands: to('COMMIT', 'CRM', 'ERP'),
    },
  ])

  describe('with a yes and a fence under way', () => {
    ignores(
      [voted('CRM', YES), noAnswer('ERP', 'PREPARE')],
      [
        voted('CRM', YES),
        noAnswer('CRM', 'PREPARE'),
        noAnswer('ERP', 'PREPARE'),
        noAnswer('ERP', 'COMMIT'),
        acknowledged('CRM', 'COMMIT'),
        acknowledged('CRM', 'ABORT'),
        timer('CRM'),
        timer('ERP'),
      ],
    )
  })
  describe('past its deadline, answered', () => {
    ignores([voted('CRM', YES), DEADLINE], [DEADLINE, noAnswer('ERP', 'PREPARE'), timer('ERP')])
  })
  describe('about one participant', () => {
    ignores([], [voted('ERP', YES), voted('ERP', NO), fenced('ERP', NOTHING_WAS_THERE), timer('ERP')], begin(['CRM']))
  })
})

describe('COMMITTING', () => {
  const given = [voted('CRM', YES), voted('ERP', YES)]
  specify([
    {
      name: 'one acknowledgement is not the end',
      given,
      when: acknowledged('CRM', 'COMMIT'),
      becomes: 'COMMITTING',
      commands: [],
    },
    {
      name: 'the last acknowledgement is the end, and the answer',
      given: [...given, acknowledged('CRM', 'COMMIT')],
      when: acknowledged('ERP', 'COMMIT'),
      becomes: 'COMMITTED',
      commands: [ANSWER],
    },
    {
      name: 'a late fence that finds COMMITTED is as good as an acknowledgement',
      given: [...given, acknowledged('CRM', 'COMMIT')],
      when: fenced('ERP', { state: 'COMMITTED' }),
      becomes: 'COMMITTED',
      commands: [ANSWER],
    },
    {
      name: 'a commit without an answer is repeated after a pause',
      given,
      when: noAnswer('ERP', 'COMMIT'),
      becomes: 'COMMITTING',
      commands: [retry('ERP', 1_000)],
    },
    {
      name: 'and again until it succeeds',
      given: [...given, noAnswer('ERP', 'COMMIT')],
      when: timer('ERP'),
      becomes: 'COMMITTING',
      commands: to('COMMIT', 'ERP'),
    },
    {
      name: 'the deadline answers and goes on',
      given: [...given, noAnswer('ERP', 'COMMIT')],
      when: DEADLINE,
      becomes: 'COMMITTING',
      commands: [ANSWER],
    },
    {
      name: 'the end after the deadline answers nobody twice',
      given: [...given, acknowledged('CRM', 'COMMIT'), DEADLINE],
      when: acknowledged('ERP', 'COMMIT'),
      becomes: 'COMMITTED',
      commands: [],
    },
    {
      name: 'a contradiction is reported, not obeyed',
      given,
      when: voted('ERP', NO),
      becomes: 'COMMITTING',
      commands: [{ command: 'REPORT', system: 'ERP', contradiction: 'aborted after all had voted yes' }],
    },
  ])
  ignores(
    [...given, acknowledged('CRM', 'COMMIT')],
    [
      voted('CRM', YES),
      voted('ERP', YES),
      voted('CRM', DONE),
      fenced('ERP', { state: 'PREPARED' }),
      acknowledged('CRM', 'COMMIT'),
      acknowledged('ERP', 'ABORT'),
      noAnswer('ERP', 'PREPARE'),
      noAnswer('ERP', 'FENCE'),
      noAnswer('CRM', 'COMMIT'),
      timer('ERP'),
    ],
  )
})

describe('REVERTING', () => {
  const refusedByOne = [voted('CRM', NO)]
  const aborting = [voted('CRM', YES), voted('ERP', NO)]
  specify([
    {
      name: 'the no of the other ends it',
      given: refusedByOne,
      when: voted('ERP', NO_TOO),
      becomes: 'REVERTED',
      commands: [ANSWER],
    },
    {
      name: 'the yes of the other is aborted',
      given: refusedByOne,
      when: voted('ERP', YES),
      becomes: 'REVERTING',
      commands: to('ABORT', 'ERP'),
    },
    {
      name: 'an unvoted participant without an answer is fenced, never merely aborted',
      given: refusedByOne,
      when: noAnswer('ERP', 'PREPARE'),
      becomes: 'REVERTING',
      commands: to('FENCE', 'ERP'),
    },
    {
      name: 'a fence that finds a yes aborts it',
      given: [...refusedByOne, noAnswer('ERP', 'PREPARE')],
      when: fenced('ERP', { state: 'PREPARED' }),
      becomes: 'REVERTING',
      commands: to('ABORT', 'ERP'),
    },
    {
      name: 'a fence that finds nothing ends it',
      given: [...refusedByOne, noAnswer('ERP', 'PREPARE')],
      when: fenced('ERP', NOTHING_WAS_THERE),
      becomes: 'REVERTED',
      commands: [ANSWER],
    },
    {
      name: 'the last acknowledgement ends it',
      given: aborting,
      when: acknowledged('CRM', 'ABORT'),
      becomes: 'REVERTED',
      commands: [ANSWER],
    },
    {
      name: 'an abort that somebody else carried out ends it, too',
      given: aborting,
      when: fenced('CRM', NOTHING_WAS_THERE),
      becomes: 'REVERTED',
      commands: [ANSWER],
    },
    {
      name: 'an abort without an answer is repeated after a pause',
      given: aborting,
      when: noAnswer('CRM', 'ABORT'),
      becomes: 'REVERTING',
      commands: [retry('CRM', 1_000)],
    },
    {
      name: 'and again until it succeeds',
      given: [...aborting, noAnswer('CRM', 'ABORT')],
      when: timer('CRM'),
      becomes: 'REVERTING',
      commands: to('ABORT', 'CRM'),
    },
    {
      name: 'the deadline fences who has not voted and answers',
      given: refusedByOne,
      when: DEADLINE,
      becomes: 'REVERTING',
      commands: [...to('FENCE', 'ERP'), ANSWER],
    },
    {
      name: 'the deadline leaves aborts under way alone and answers',
      given: aborting,
      when: DEADLINE,
      becomes: 'REVERTING',
      commands: [ANSWER],
    },
    {
      name: 'the end after the deadline answers nobody twice',
      given: [...aborting, DEADLINE],
      when: acknowledged('CRM', 'ABORT'),
      becomes: 'REVERTED',
      commands: [],
    },
    {
      name: 'a contradiction is reported, not obeyed',
      given: aborting,
      when: voted('CRM', DONE),
      becomes: 'REVERTING',
      commands: [{ command: 'REPORT', system: 'CRM', contradiction: 'committed after another refused' }],
    },
  ])
  ignores(aborting, [
    voted('CRM', YES),
    voted('ERP', NO),
    fenced('CRM', { state: 'PREPARED' }),
    fenced('ERP', NOTHING_WAS_THERE),
    acknowledged('CRM', 'COMMIT'),
    acknowledged('ERP', 'ABORT'),
    noAnswer('CRM', 'PREPARE'),
    noAnswer('CRM', 'FENCE'),
    timer('CRM'),
  ])

  test('every violation of both systems is in the end', () => {
    const { state } = following(OWN, [voted('CRM', NO), voted('ERP', NO_TOO)])
    expect(state).toEqual({
      state: 'REVERTED',
      refusals: [
        { system: 'CRM', violations: [SHORT], foreign: false },
        { system: 'ERP', violations: [LONG], foreign: false },
      ],
    })
  })
  test('a refusal whose reply was lost keeps its reasons', () => {
    const { state } = following(OWN, [
      voted('CRM', YES),
      noAnswer('ERP', 'PREPARE'),
      fenced('ERP', { state: 'ABORTED', violations: [SHORT] }),
      acknowledged('CRM', 'ABORT'),
    ])
    expect(state).toEqual({
      state: 'REVERTED',
      refusals: [{ system: 'ERP', violations: [SHORT], foreign: false }],
    })
  })
})

describe('COMMITTED', () => {
  const given = [
    voted('CRM', YES),
    voted('ERP', YES),
    acknowledged('CRM', 'COMMIT'),
    acknowledged('ERP', 'COMMIT'),
  ] as const
  ignores(given, [
    voted('CRM', YES),
    voted('ERP', DONE),
    fenced('CRM', { state: 'PREPARED' }),
    fenced('CRM', { state: 'COMMITTED' }),
    acknowledged('ERP', 'COMMIT'),
    acknowledged('ERP', 'ABORT'),
    noAnswer('ERP', 'COMMIT'),
    timer('ERP'),
    DEADLINE,
  ])
  specify([
    {
      name: 'a contradiction is reported, not obeyed',
      given,
      when: fenced('ERP', NOTHING_WAS_THERE),
      becomes: 'COMMITTED',
      commands: [{ command: 'REPORT', system: 'ERP', contradiction: 'aborted after the commit' }],
    },
  ])
})

describe('REVERTED', () => {
  const given = [voted('CRM', NO), voted('ERP', NO_TOO)]
  ignores(given, [
    voted('CRM', NO),
    voted('ERP', FOREIGN),
    voted('CRM', YES),
    fenced('CRM', NOTHING_WAS_THERE),
    acknowledged('ERP', 'COMMIT'),
    acknowledged('ERP', 'ABORT'),
    noAnswer('ERP', 'ABORT'),
    timer('ERP'),
    DEADLINE,
  ])
  specify([
    {
      name: 'a contradiction is reported, not obeyed',
      given,
      when: voted('ERP', DONE),
      becomes: 'REVERTED',
      commands: [{ command: 'REPORT', system: 'ERP', contradiction: 'committed after the abort' }],
    },
  ])
})

describe('a resolve', () => {
  specify([
    {
      name: 'finds every participant prepared, and commits',
      first: RESOLVE,
      given: [fenced('CRM', { state: 'PREPARED' })],
      when: fenced('ERP', { state: 'PREPARED' }),
      becomes: 'COMMITTING',
      commands: to('COMMIT', 'CRM', 'ERP'),
    },
    {
      name: 'finds one committed, and commits the other',
      first: RESOLVE,
      given: [fenced('CRM', { state: 'PREPARED' })],
      when: fenced('ERP', { state: 'COMMITTED' }),
      becomes: 'COMMITTING',
      commands: to('COMMIT', 'CRM'),
    },
    {
      name: 'finds one aborted, and aborts the other once it shows a yes',
      first: RESOLVE,
      given: [fenced('ERP', NOTHING_WAS_THERE)],
      when: fenced('CRM', { state: 'PREPARED' }),
      becomes: 'REVERTING',
      commands: to('ABORT', 'CRM'),
    },
    {
      name: 'finds one under another plan, and aborts the other',
      first: RESOLVE,
      given: [fenced('CRM', { state: 'PREPARED' })],
      when: fenced('ERP', { state: 'FOREIGN' }),
      becomes: 'REVERTING',
      commands: to('ABORT', 'CRM'),
    },
    {
      name: 'finds one silent and none terminal, and leaves everything',
      first: RESOLVE,
      given: [fenced('CRM', { state: 'PREPARED' })],
      when: noAnswer('ERP', 'FENCE'),
      becomes: 'DECIDING',
      commands: [retry('ERP', 1_000)],
    },
    {
      name: 'comes to its end with nobody to answer',
      first: RESOLVE,
      given: [fenced('CRM', { state: 'COMMITTED' })],
      when: acknowledged('ERP', 'COMMIT'),
      becomes: 'COMMITTED',
      commands: [],
    },
  ])
})
