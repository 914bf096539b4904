/**
 * How a transaction commits: pure functions from state and event to state and commands.
 *
 * The decision is a fact, not a message. A transaction is committed exactly when every participant durably holds it as
 * PREPARED (or already COMMITTED) under one plan; it is aborted exactly when some participant durably holds it as
 * ABORTED, or holds its id under another plan. Both are rows under one unique id, so they exclude each other, and
 * anybody may find out which it is by asking. This machine does nothing but find out and carry out; it keeps no log,
 * and a successor that knows only the participants' rows comes to the same end.
 *
 * One machine serves the transaction's own coordinator and everybody who resolves it later. They differ in how they
 * begin: the coordinator asks the participants to PREPARE (`begin`), a resolver FENCEs them (`beginResolve`), which
 * answers what is there and, where nothing is, makes sure that nothing can come. A resolver may begin only past the
 * deadline or in a process that knows itself alone (`mayResolve`), lest it fences what a live coordinator is about to
 * prepare. That would be harmless but rude: the attempt would be lost, not its meaning.
 *
 *                      every yes, or one COMMITTED             every commit acknowledged
 *           ┌──────────────────────────────────▶ COMMITTING ──────────────────────────▶ COMMITTED
 *     DECIDING
 *           └──────────────────────────────────▶ REVERTING ───────────────────────────▶ REVERTED
 *                      one ABORTED or FOREIGN                  nothing open anywhere
 *
 * DECIDING    entered at the beginning. `yes` lists who holds PREPARED under the plan, `open` who has yet to say. A
 *             prepare without an answer may have arrived, be under way or be lost. The coordinator is the only one who
 *             would prepare, so it fences that participant at once: either the yes shows, or it can never come. A fence
 *             without an answer is repeated after 1 s, doubling to 30 s. Left by proof alone, see above.
 * COMMITTING  entered when it *is* committed. `open` are the participants that have not acknowledged their commit, which
 *             is repeated until each has. A yes was a promise that this cannot fail, so there is no other way out.
 * REVERTING   entered when it *is* aborted. Whoever holds PREPARED is told to abort, and asked again until it has.
 *             Whoever was asked to prepare may still vote, because a refusal names every violation of every system; past
 *             the deadline it is fenced instead. Nobody is told to abort who has not voted: an abort that finds nothing
 *             leaves nothing, and a late prepare would find the place free. `refusals` grows with each no.
 * COMMITTED   the end. Nothing is left to do; a late or repeated answer changes nothing.
 * REVERTED    the end. Every participant holds ABORTED, or the id under another plan.
 *
 * A batch is one transaction of many members, each with a vote of its own. A participant that refuses some of them still
 * holds PREPARED, and its row says whom it refuses; so a member is committed exactly when every participant holds the
 * batch as PREPARED under one plan and none refuses the member. `yes` therefore keeps with each yes whom it leaves out,
 * COMMITTING carries the union of these, which every commit is told, and a participant's COMMITTED row keeps that union:
 * whoever hears of such a row takes its set, for it is the one that follows from the rows of all. What a participant
 * refuses never changes once it holds PREPARED, so there is one such union and no more. It may be every member: the batch
 * then commits nothing, which is simpler than a second way to end it, and as true. An ordinary transaction leaves out
 * nobody.
 *
 * Why no timer decides: a participant that does not answer may hold a yes, and another resolver may have seen it and
 * committed. So time only ever causes a question (a fence, a repeat) or an answer to the caller ("not known yet"), and
 * the question's answer decides. The deadline ends the caller's wait, not the transaction.
 *
 * The caller is answered once: at either end, so that it reads its own write everywhere, or at the deadline with
 * whatever is known then. A resolver has no caller.
 *
 * An answer that contradicts the decision (ABORTED after all said yes, COMMITTED after a no, a member refused that is
 * in the batch) cannot come from participants that keep their promises; an operator can cause one. It is reported, not
 * obeyed.
 */

import { isWithin } from '../../schema/members.ts'
import type { LeftOut } from '../../schema/participant.ts'
import type { System } from '../../schema/record.ts'
import {
  type Fact,
  factOfFence,
  factOfVote,
  goesWith,
  OTHER_MEMBERS,
  refusalOf,
  refusedMembers,
} from './protocol-facts.ts'
import {
  asked,
  type Call,
  type Command,
  type Committing,
  call,
  changed,
  type Deciding,
  type Decision,
  type Event,
  type Refusal,
  type Reverting,
  type State,
  type Step,
  union,
  without,
  type Yes,
} from './protocol-state.ts'

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 30_000

/** The transaction's own coordinator: asks every participant to prepare. */
export function begin(participants: readonly System[]): Decision<Deciding> {
  return ask(participants, 'PREPARE', false)
}

/** Everybody else, and a coordinator that has forgotten: asks every participant what it holds. */
export function beginResolve(participants: readonly System[]): Decision<Deciding> {
  return ask(participants, 'FENCE', true)
}

/** Whether a resolve may begin: past the deadline (milliseconds since the epoch), or where nobody else is alive. */
export function mayResolve(deadline: number, now: number, alone: boolean): boolean {
  return alone || now > deadline
}

/** Milliseconds to wait before a step that failed so many times in a row is repeated. */
export function retryAfterMs(failures: number): number {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1))
}

/** The next state and what is to be done. Total: every event may come in every state, late, twice or out of order. */
export function decide(state: State, event: Event): Decision {
  switch (event.event) {
    case 'VOTED':
      return learn(state, event.system, factOfVote(event.vote))
    case 'FENCED':
      return learn(state, event.system, factOfFence(event.answer))
    case 'ACKNOWLEDGED':
      return acknowledge(state, event.system, event.step)
    case 'NO_ANSWER':
      return miss(state, event.system, event.step)
    case 'TIMER_FIRED':
      return askAgain(state, event.system)
    case 'DEADLINE_PASSED':
      return passDeadline(state)
    default:
      return impossible(event)
  }
}

function learn(state: State, system: System, fact: Fact): Decision {
  switch (state.state) {
    case 'DECIDING':
      return state.open.has(system) || state.yes.some((yes) => yes.system === system)
        ? learnVote(state, system, fact)
        : stay(state)
    case 'COMMITTING':
      if (fact.holds === 'NO') return report(state, system, 'aborted after all had voted yes')
      if (!goesWith(fact, state.leftOut)) return report(state, system, OTHER_MEMBERS)
      return fact.holds === 'COMMITTED' ? commitsLeft(state, without(state.open, system)) : stay(state)
    case 'REVERTING':
      return learnWhileReverting(state, system, fact)
    case 'COMMITTED':
      if (fact.holds === 'NO') return report(state, system, 'aborted after the commit')
      return goesWith(fact, state.leftOut) ? stay(state) : report(state, system, OTHER_MEMBERS)
    case 'REVERTED':
      return fact.holds === 'COMMITTED' ? report(state, system, 'committed after the abort') : stay(state)
    default:
      return impossible(state)
  }
}

function learnVote(state: Deciding, system: System, fact: Fact): Decision {
  const open = without(state.open, system)
  const others = state.yes.filter((other) => other.system !== system)
  if (fact.holds === 'NO') return revert(state.answered, others, open, refusalOf(system, fact))
  // Somebody who saw every yes told this participant to commit: the others hold at least PREPARED.
  if (fact.holds === 'COMMITTED') return follow(state.answered, others, open, fact.leftOut)
  const yes = [...others, { system, leftOut: fact.leftOut }]
  if (open.size > 0) return stay({ ...state, yes, open })
  return commit(
    state.answered,
    yes.map((one) => one.system),
    union(yes.map((one) => one.leftOut)),
  )
}

function learnWhileReverting(state: Reverting, system: System, fact: Fact): Decision {
  const call = state.open.get(system)
  if (fact.holds === 'COMMITTED') return report(state, system, 'committed after another refused')
  if (call === undefined) return stay(state)
  if (fact.holds === 'NO') {
    const refusals = call.step === 'ABORT' ? state.refusals : [...state.refusals, refusalOf(system, fact)]
    return abortsLeft({ ...state, refusals }, without(state.open, system))
  }
  if (call.step === 'ABORT') return stay(state)
  const refusals = [...state.refusals, ...refusedMembers({ system, leftOut: fact.leftOut })]
  const open = asked(state.open, system, 'ABORT')
  return { state: { ...state, open, refusals }, commands: [{ command: 'ABORT', system }] }
}

function acknowledge(state: State, system: System, step: 'COMMIT' | 'ABORT'): Decision {
  switch (state.state) {
    case 'COMMITTING':
      return step === 'COMMIT' && state.open.has(system) ? commitsLeft(state, without(state.open, system)) : stay(state)
    case 'REVERTING':
      return step === 'ABORT' && state.open.get(system)?.step === 'ABORT'
        ? abortsLeft(state, without(state.open, system))
        : stay(state)
    case 'DECIDING':
    case 'COMMITTED':
    case 'REVERTED':
      return stay(state)
    default:
      return impossible(state)
  }
}

function miss(state: State, system: System, step: Step): Decision {
  if (state.state === 'COMMITTED' || state.state === 'REVERTED') return stay(state)
  const call = state.open.get(system)
  // A step that was given up for another one may still fail, or fail twice: its failure means nothing now.
  if (call === undefined || call.step !== step || call.awaits === 'TIMER') return stay(state)
  if (call.step === 'PREPARE' && state.state !== 'COMMITTING') return fence(state, [system])
  const failures = call.failures + 1
  const commands: readonly Command[] = [{ command: 'RETRY', system, afterMs: retryAfterMs(failures) }]
  return { state: changeCall(state, system, { awaits: 'TIMER', failures }), commands }
}

function askAgain(state: State, system: System): Decision {
  if (state.state === 'COMMITTED' || state.state === 'REVERTED') return stay(state)
  const call = state.open.get(system)
  if (call === undefined || call.awaits === 'ANSWER') return stay(state)
  const commands: readonly Command[] = [askFor(state, call.step, system)]
  return { state: changeCall(state, system, { awaits: 'ANSWER', failures: call.failures }), commands }
}

function passDeadline(state: State): Decision {
  switch (state.state) {
    case 'DECIDING':
    case 'REVERTING': {
      const unvoted = [...state.open].filter(([, call]) => call.step === 'PREPARE').map(([system]) => system)
      const fenced = fence(state, unvoted)
      return { state: { ...fenced.state, answered: true }, commands: [...fenced.commands, ...answer(state.answered)] }
    }
    case 'COMMITTING':
      return { state: { ...state, answered: true }, commands: answer(state.answered) }
    case 'COMMITTED':
    case 'REVERTED':
      return stay(state)
    default:
      return impossible(state)
  }
}

// ---- transitions -------------------------------------------------------------------------------------------------

function ask(participants: readonly System[], step: 'PREPARE' | 'FENCE', answered: boolean): Decision<Deciding> {
  const open = new Map(participants.map((system) => [system, call(step)] as const))
  return {
    state: { state: 'DECIDING', answered, yes: [], open },
    commands: participants.map((system) => ({ command: step, system })),
  }
}

function commit(answered: boolean, systems: readonly System[], leftOut: LeftOut): Decision {
  const open = new Map(systems.map((system) => [system, call('COMMIT' as const)] as const))
  const committing: Committing = { state: 'COMMITTING', answered, open, leftOut }
  const entered = commitsLeft(committing, open)
  return {
    state: entered.state,
    commands: [...systems.map((system) => askFor(committing, 'COMMIT', system)), ...entered.commands],
  }
}

/** Commits what somebody has committed already, under the members agreed upon then. */
function follow(answered: boolean, yes: readonly Yes[], unvoted: Deciding['open'], agreed: LeftOut): Decision {
  const { violations } = union([...yes.map(({ leftOut }) => leftOut), agreed])
  const systems = [...yes.map(({ system }) => system), ...unvoted.keys()]
  const entered = commit(answered, systems, { members: agreed.members, violations })
  const astray = yes.filter(({ leftOut }) => !isWithin(leftOut.members, agreed.members))
  const reports = astray.map(({ system }): Command => ({ command: 'REPORT', system, contradiction: OTHER_MEMBERS }))
  return { state: entered.state, commands: [...reports, ...entered.commands] }
}

function commitsLeft(state: Committing, open: Committing['open']): Decision {
  if (open.size > 0) return stay({ ...state, open })
  return { state: { state: 'COMMITTED', leftOut: state.leftOut }, commands: answer(state.answered) }
}

function revert(answered: boolean, yes: readonly Yes[], unvoted: Deciding['open'], first: Refusal): Decision {
  const aborts = yes.map(({ system }) => [system, call('ABORT' as const)] as const)
  const open = new Map<System, Call<'PREPARE' | 'FENCE' | 'ABORT'>>([...unvoted, ...aborts])
  const refusals = [first, ...yes.flatMap(refusedMembers)]
  const entered = abortsLeft({ state: 'REVERTING', answered, open, refusals }, open)
  return {
    state: entered.state,
    commands: [...yes.map(({ system }): Command => ({ command: 'ABORT', system })), ...entered.commands],
  }
}

function abortsLeft(state: Reverting, open: Reverting['open']): Decision {
  if (open.size > 0) return stay({ ...state, open })
  return { state: { state: 'REVERTED', refusals: state.refusals }, commands: answer(state.answered) }
}

function fence(state: Deciding | Reverting, systems: readonly System[]): Decision<Deciding | Reverting> {
  const commands = systems.map((system): Command => ({ command: 'FENCE', system }))
  if (state.state === 'DECIDING') {
    const open = systems.reduce((calls, system) => asked(calls, system, 'FENCE'), state.open)
    return { state: { ...state, open }, commands }
  }
  const open = systems.reduce((calls, system) => asked(calls, system, 'FENCE'), state.open)
  return { state: { ...state, open }, commands }
}

function askFor(state: Deciding | Committing | Reverting, step: Step, system: System): Command {
  if (step !== 'COMMIT') return { command: step, system }
  return { command: step, system, leftOut: state.state === 'COMMITTING' ? state.leftOut.members : [] }
}

function stay<S extends State>(state: S): Decision<S> {
  return { state, commands: [] }
}

function report(state: State, system: System, contradiction: string): Decision {
  return { state, commands: [{ command: 'REPORT', system, contradiction }] }
}

function answer(answered: boolean): readonly Command[] {
  return answered ? [] : [{ command: 'ANSWER' }]
}

// ---- parts -------------------------------------------------------------------------------------------------------

function changeCall(
  state: Deciding | Committing | Reverting,
  system: System,
  change: Pick<Call<Step>, 'awaits' | 'failures'>,
): State {
  switch (state.state) {
    case 'DECIDING':
      return { ...state, open: changed(state.open, system, change) }
    case 'COMMITTING':
      return { ...state, open: changed(state.open, system, change) }
    case 'REVERTING':
      return { ...state, open: changed(state.open, system, change) }
    default:
      return impossible(state)
  }
}

function impossible(value: never): never {
  throw new Error(`not a part of the protocol: ${JSON.stringify(value)}`)
}
