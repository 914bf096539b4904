import { describe, expect, test } from 'vitest'
import type { FenceAnswer, LeftOut, Violation, Vote } from '../../schema/participant.ts'
import type { System } from '../../schema/record.ts'
import { begin, beginResolve, decide } from './protocol.ts'
import { type Command, type Decision, type Event, NOBODY, type State, union } from './protocol-state.ts'

const BOTH: readonly System[] = ['CRM', 'ERP']

const reason = (system: System, member: number): Violation => ({
  ...{ code: 'VALIDATION', message: 'too long', system, write: null, table: null, column: null, path: null },
  ...{ retryable: false, member },
})
const refusing = (system: System, ...members: readonly number[]): LeftOut => ({
  members,
  violations: members.map((member) => reason(system, member)),
})

type Holds = 'PREPARED' | 'COMMITTED'
const voted = (system: System, leftOut: LeftOut, state: Holds = 'PREPARED'): Event => ({
  ...{ event: 'VOTED', system, vote: { vote: 'YES', state, leftOut } satisfies Vote },
})
const fenced = (system: System, leftOut: LeftOut, state: Holds = 'PREPARED'): Event => ({
  ...{ event: 'FENCED', system, answer: { state, leftOut } satisfies FenceAnswer },
})
const refused = (system: System): Event => ({
  ...{ event: 'VOTED', system, vote: { vote: 'NO', violations: [reason(system, 0), reason(system, 1)] } },
})
const silent = (system: System, step: 'PREPARE' | 'COMMIT'): Event => ({ event: 'NO_ANSWER', system, step })

const commit = (leftOut: readonly number[], ...systems: readonly System[]): readonly Command[] =>
  systems.map((system) => ({ command: 'COMMIT', system, leftOut }))

const following = (first: Decision, ...events: readonly Event[]): Decision =>
  events.reduce((decision, event) => decide(decision.state, event), first)

const leftOutOf = (state: State): LeftOut | null => ('leftOut' in state ? state.leftOut : null)

describe('a batch', () => {
  test('commits with the last yes, without whoever one of them refuses', () => {
    const { state, commands } = following(
      begin(BOTH),
      voted('CRM', refusing('CRM', 2)),
      voted('ERP', refusing('ERP', 0)),
    )
    expect(commands).toEqual(commit([0, 2], 'CRM', 'ERP'))
    expect(leftOutOf(state)).toEqual({ members: [0, 2], violations: [reason('CRM', 2), reason('ERP', 0)] })
  })

  test('leaves a member out once that both refuse, for the reasons of both', () => {
    const { state } = following(begin(BOTH), voted('CRM', refusing('CRM', 1)), voted('ERP', refusing('ERP', 1)))
    expect(leftOutOf(state)).toEqual({ members: [1], violations: [reason('CRM', 1), reason('ERP', 1)] })
  })

  test('commits nothing where between them all are refused', () => {
    const { state } = following(begin(BOTH), voted('CRM', refusing('CRM', 0)), voted('ERP', refusing('ERP', 1)))
    expect(state).toMatchObject({ state: 'COMMITTING', leftOut: { members: [0, 1] } })
  })

  test('keeps what was agreed to its end', () => {
    const yes = [voted('CRM', refusing('CRM', 2)), voted('ERP', NOBODY)]
    const done = BOTH.map((system): Event => ({ event: 'ACKNOWLEDGED', system, step: 'COMMIT' }))
    const { state } = following(begin(BOTH), ...yes, ...done)
    expect(state).toEqual({ state: 'COMMITTED', leftOut: refusing('CRM', 2) })
  })

  test('is committed again under the same members after a silence', () => {
    const yes = [voted('CRM', refusing('CRM', 2)), voted('ERP', NOBODY)]
    const timer: Event = { event: 'TIMER_FIRED', system: 'ERP' }
    expect(following(begin(BOTH), ...yes, silent('ERP', 'COMMIT'), timer).commands).toEqual(commit([2], 'ERP'))
  })

  test('that one participant refuses as a whole tells what the other had against its members', () => {
    const { state, commands } = following(begin(BOTH), voted('CRM', refusing('CRM', 1)), refused('ERP'))
    expect(commands).toEqual([{ command: 'ABORT', system: 'CRM' }])
    expect('refusals' in state && state.refusals.flatMap(({ violations }) => violations)).toEqual([
      ...[reason('ERP', 0), reason('ERP', 1), reason('CRM', 1)],
    ])
  })

  test('that was refused as a whole still hears what the other has against its members', () => {
    const { state } = following(begin(BOTH), refused('ERP'), voted('CRM', refusing('CRM', 1)))
    expect('refusals' in state && state.refusals.flatMap(({ violations }) => violations)).toEqual([
      ...[reason('ERP', 0), reason('ERP', 1), reason('CRM', 1)],
    ])
  })
})

describe('who resolves a batch', () => {
  test('learns of the refused members from the rows, and comes to the same end', () => {
    const found = [fenced('ERP', refusing('ERP', 0)), fenced('CRM', refusing('CRM', 2))]
    expect(following(beginResolve(BOTH), ...found).commands).toEqual(commit([0, 2], 'ERP', 'CRM'))
  })

  test('follows whoever has committed, in the members that it has left out', () => {
    const committed = fenced('CRM', refusing('ERP', 0, 1), 'COMMITTED')
    expect(following(beginResolve(BOTH), committed).commands).toEqual(commit([0, 1], 'ERP'))
  })

  test('follows it whatever it heard from the others before', () => {
    const found = [fenced('ERP', refusing('ERP', 0)), fenced('CRM', { members: [0, 1], violations: [] }, 'COMMITTED')]
    const { state, commands } = following(beginResolve(BOTH), ...found)
    expect(commands).toEqual(commit([0, 1], 'ERP'))
    expect(leftOutOf(state)).toEqual({ members: [0, 1], violations: [reason('ERP', 0)] })
  })
})

describe('what cannot be of a batch', () => {
  const agreed = [voted('CRM', refusing('CRM', 2)), voted('ERP', NOBODY)]
  const astray: Command = { command: 'REPORT', system: 'ERP', contradiction: 'holds other members than were agreed' }
  const contradictions: readonly (readonly [string, readonly Event[], Event])[] = [
    ['a participant refuses a member that is in it', agreed, fenced('ERP', refusing('ERP', 1))],
    ['a participant has committed a member that is not', agreed, fenced('ERP', NOBODY, 'COMMITTED')],
    ['a participant has left out another member', agreed, fenced('ERP', refusing('ERP', 0, 2), 'COMMITTED')],
  ]

  test.each(contradictions)('is reported and not obeyed: %s', (_name, given, contradiction) => {
    const { state } = following(begin(BOTH), ...given)
    expect(decide(state, contradiction)).toEqual({ state, commands: [astray] })
  })

  test('is reported at its end, too', () => {
    const done = BOTH.map((system): Event => ({ event: 'ACKNOWLEDGED', system, step: 'COMMIT' }))
    const { state } = following(begin(BOTH), ...agreed, ...done)
    expect(decide(state, fenced('ERP', refusing('ERP', 1)))).toEqual({ state, commands: [astray] })
    expect(decide(state, fenced('ERP', refusing('CRM', 2), 'COMMITTED'))).toEqual({ state, commands: [] })
  })

  test('is reported where somebody has committed a member that another refuses', () => {
    const found = [fenced('ERP', refusing('ERP', 1)), fenced('CRM', NOBODY, 'COMMITTED')]
    expect(following(beginResolve(BOTH), ...found).commands).toEqual([astray, ...commit([], 'ERP')])
  })

  test('is nothing but a late yes that refuses fewer than were agreed', () => {
    const { state } = following(begin(BOTH), ...agreed)
    for (const late of [voted('ERP', NOBODY), fenced('CRM', refusing('CRM', 2))]) {
      expect(decide(state, late)).toEqual({ state, commands: [] })
    }
  })
})

test('a union names each member once, in ascending order', () => {
  expect(union([refusing('CRM', 4, 10), refusing('ERP', 2, 4)]).members).toEqual([2, 4, 10])
  expect(union([NOBODY, NOBODY])).toEqual(NOBODY)
})
