/** Which of the rare situations a machine meets. */

import type { Standing } from './holdings.ts'
import type { Machine } from './layout.ts'
import type { Reaction } from './machines.ts'
import type { Situation } from './situations.ts'
import type { Space } from './space.ts'
import type { Action } from './taken.ts'

export function afterHearing(
  space: Space,
  state: Int32Array,
  action: Action,
  machine: Machine,
  reaction: Reaction,
): readonly Situation[] {
  const heard = action.action === 'HEAR' ? onHearing(space, state, machine, action.system, action.signal) : []
  const decided = onDeciding(space, state, machine, reaction)
  return heard.length + decided.length === 0 ? heard : [...heard, ...decided]
}

export function onResolve(space: Space, state: Int32Array, machine: Machine): readonly Situation[] {
  const { layout } = space
  const situations: Situation[] = []
  const peers = layout.machines.filter((other) => other.attempt === machine.attempt && other !== machine)
  if (peers.some((other) => other.role === 'RESOLVER' && space.isLive(state, other)))
    situations.push('two resolvers race')
  const hasDied =
    layout.told(state, machine.attempt) === 'NOTHING' && peers.every((other) => layout.machine(state, other) === null)
  if (hasDied && space.standings(state, machine.attempt).every((standing) => standing === 'PREPARED')) {
    situations.push('a resolver follows a coordinator that died with every yes given')
  }
  return situations
}

function onHearing(
  space: Space,
  state: Int32Array,
  machine: Machine,
  system: number,
  signal: number,
): readonly Situation[] {
  if (signal === space.language.timer) return ['a step is asked again after its timer']
  const known = space.machines.state(space.layout.machine(state, machine) ?? 0)
  const asked = space.machines.stepOf(known, system)
  const isLateVote = known.state === 'REVERTING' && asked === 'PREPARE'
  switch (space.language.answers[signal]?.name) {
    case 'YES_PREPARED':
    case 'FENCED_PREPARED':
      if (isLateVote) return ['a vote comes after the refusal of another']
      return asked === 'FENCE' ? ['a fence finds a yes'] : []
    case 'YES_COMMITTED':
    case 'FENCED_COMMITTED':
      return asked === 'FENCE' ? ['a fence finds a commit'] : []
    case 'NO':
    case 'FOREIGN':
    case 'FENCED_ABORTED':
    case 'FENCED_FOREIGN': {
      if (space.standing(state, system, machine.attempt) === 'FOREIGN') return onForeign(space, state, machine.attempt)
      if (asked !== 'PREPARE') return []
      const why = space.holdings.whyAborted(state[system] ?? 0, machine.attempt)
      if (why === 'FENCED') return ['a prepare comes after its fence']
      if (why === 'TOLD') return ['a prepare comes again after its abort']
      return isLateVote ? ['a vote comes after the refusal of another'] : []
    }
    default:
      return []
  }
}

function onForeign(space: Space, state: Int32Array, attempt: number): readonly Situation[] {
  const situations: Situation[] = ['a plan finds its id taken by the other plan']
  for (const other of space.model.attempts.keys()) {
    if (other === attempt) continue
    const standings = space.standings(state, other)
    if (standings.includes('FOREIGN')) situations.push('two plans shut each other out')
    if (standings.every(isCommitted)) situations.push('one plan commits and the other is told so')
  }
  return situations
}

function onDeciding(space: Space, state: Int32Array, machine: Machine, reaction: Reaction): readonly Situation[] {
  const { layout, machines } = space
  const before = machines.state(layout.machine(state, machine) ?? 0).state
  const after = machines.state(reaction.to).state
  const told = reaction.answersCaller ? TOLD[after] : undefined
  if (before === after) return told ?? []
  const situations: Situation[] = [...(told ?? [])]
  if (before === 'DECIDING' && machine.role === 'RESOLVER') {
    situations.push(after === 'COMMITTING' || after === 'COMMITTED' ? 'a resolver commits' : 'a resolver reverts')
    const isBeside = layout.machines.some(
      (other) => other.attempt === machine.attempt && other.role === 'COORDINATOR' && space.isLive(state, other),
    )
    if (isBeside) situations.push('a resolver decides beside the coordinator')
  }
  if (before === 'DECIDING' && space.model.members > 0) situations.push(...onBatch(space, state, machine, reaction))
  if (layout.told(state, machine.attempt) === 'DECIDING') {
    if (after === 'COMMITTED') situations.push('what was not known yet commits')
    if (after === 'REVERTED') situations.push('what was not known yet reverts')
  }
  if (after === 'COMMITTED' && space.model.attempts.length > 1 && areAllCommitted(space, state)) {
    situations.push('both transactions commit, one after the other')
  }
  return situations
}

/** Of a machine that has just come to its decision. */
function onBatch(space: Space, state: Int32Array, machine: Machine, { to }: Reaction): readonly Situation[] {
  const known = space.machines.state(to)
  if (!('leftOut' in known)) return []
  const rows = space.model.systems.flatMap((_, system) => space.holdings.row(state[system] ?? 0, machine.attempt) ?? [])
  const situations: Situation[] = []
  const refusedByOne = new Set(rows.flatMap(({ refuses }) => refuses))
  if (refusedByOne.size > 1 && rows.every(({ refuses }) => refuses.length === 1)) {
    situations.push('a batch commits without a member that each participant refuses')
  }
  if (refusedByOne.size === 0) situations.push('a batch commits with every member')
  if (refusedByOne.size === space.model.members) situations.push('a batch commits without any member')
  if (machine.role === 'RESOLVER' && refusedByOne.size > 0 && rows.some((row) => row.state === 'COMMITTED')) {
    situations.push('a resolver learns from a commit who is left out')
  }
  return situations
}

function areAllCommitted(space: Space, state: Int32Array): boolean {
  return [...space.model.attempts.keys()].every((attempt) => space.standings(state, attempt).every(isCommitted))
}

function isCommitted(standing: Standing): boolean {
  return standing === 'COMMITTED'
}

const TOLD: Readonly<Partial<Record<string, readonly Situation[]>>> = {
  DECIDING: ['a caller is told that it is not known yet'],
  COMMITTING: ['a caller is told of a commit that is not everywhere yet'],
  REVERTING: ['a caller is told of a refusal that is not everywhere yet'],
}
