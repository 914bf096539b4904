/** The models that are explored, each with what it must meet. */

import { begin, beginResolve, decide, mayResolve } from '../../../gateway/coordinator/protocol.ts'
import type { System } from '../../../schema/record.ts'
import { KEPT } from './holding.ts'
import type { Core } from './machines.ts'
import type { Model } from './model.ts'
import type { Situation } from './situations.ts'

export type Bound = 'SHORT' | 'LONG'

/** The core that the gateway runs. */
export const CORE: Core = { begin, beginResolve, mayResolve, decide }

const TWO: readonly System[] = ['CRM', 'ERP']
/** The core knows systems by name alone, so that a third one needs no more than a name. */
const THREE: readonly System[] = [...TWO, 'WMS' as System]

const ALWAYS: readonly Situation[] = [
  'a fence comes before the prepare',
  'a fence finds a yes',
  'a vote comes after the refusal of another',
  'a step is asked again after its timer',
  'everything under way is lost',
]
const CRASHED: readonly Situation[] = ['a crash takes an act along that was not forced']
const LATE: readonly Situation[] = [
  'a caller is told that it is not known yet',
  'a caller is told of a commit that is not everywhere yet',
  'a caller is told of a refusal that is not everywhere yet',
  'what was not known yet commits',
  'what was not known yet reverts',
  'a run gives up and leaves its rows',
]
const RESOLVED: readonly Situation[] = [
  'a prepare comes after its fence',
  'a prepare comes again after its abort',
  'a fence finds a commit',
  'a resolver commits',
  'a resolver reverts',
  'a resolver decides beside the coordinator',
]
const FOLLOWED: readonly Situation[] = ['a resolver follows a coordinator that died with every yes given']
const RACED: readonly Situation[] = ['two resolvers race']
const SHUT_OUT: readonly Situation[] = [
  'a plan finds its id taken by the other plan',
  'two plans shut each other out',
  'one plan commits and the other is told so',
]
const LOCKED: readonly Situation[] = [
  'a prepare waits for a lock',
  'a lock is freed and who waited takes it',
  'a lock is freed and who waited is refused for another reason',
  'a wait is over before the lock is free',
  'a younger one is refused rather than let wait',
  'both transactions commit, one after the other',
]
const LEFT_OUT: readonly Situation[] = [
  'a batch commits with every member',
  'a batch commits without a member that each participant refuses',
  'a batch commits without any member',
  'a resolver learns from a commit who is left out',
]
const WAIT_BROKEN: readonly Situation[] = ['a fence ends a wait', 'a crash forgets a wait']

const ONE = {
  systems: TWO,
  attempts: [0],
  resolvers: 0,
  members: 0,
  hasLock: false,
  deadlines: true,
  mishaps: null,
  losses: 'SOME',
  core: CORE,
  promises: KEPT,
  situations: [],
} satisfies Omit<Model, 'name'>
const PLANS = { ...ONE, attempts: [0, 0] } satisfies Omit<Model, 'name'>
const LOCK = { ...ONE, attempts: [0, 1], hasLock: true, losses: 'ALL' } satisfies Omit<Model, 'name'>

export const ALONE = named({ ...ONE, situations: [...ALWAYS, ...CRASHED, ...LATE] })
export const RESOLVABLE = named({
  ...ONE,
  resolvers: 1,
  situations: [...ALWAYS, ...CRASHED, ...LATE, ...RESOLVED, ...FOLLOWED],
})
const RACING = { ...ONE, resolvers: 2, situations: [...RESOLVABLE.situations, ...RACED] }
const THREEFOLD = { ...RESOLVABLE, systems: THREE, losses: 'ALL' } as const
export const TWO_PLANS = named({ ...PLANS, mishaps: 0, situations: [...ALWAYS, ...LATE, ...SHUT_OUT] })
export const ONE_LOCK = named({ ...LOCK, mishaps: 0, deadlines: false, situations: [...LOCKED] })

const BATCH = {
  ...RESOLVABLE,
  ...({ members: 2, losses: 'ALL' } as const),
  situations: [...ALWAYS, ...LATE, ...RESOLVED, ...LEFT_OUT],
}
const RACED_FOR = { ...BATCH, resolvers: 2, situations: [...BATCH.situations, ...RACED] }
export const BATCHED = named({ ...BATCH, mishaps: 0 })

const SHORT: readonly Model[] = [
  ALONE,
  RESOLVABLE,
  named({ ...RACING, mishaps: 1 }),
  named({ ...THREEFOLD, mishaps: 0, situations: [...ALWAYS, ...LATE, ...RESOLVED] }),
  BATCHED,
  named({ ...BATCH, mishaps: 1, situations: [...BATCH.situations, ...CRASHED, ...FOLLOWED] }),
  named({ ...RACED_FOR, mishaps: 0 }),
  named({ ...BATCH, members: 3, mishaps: 0 }),
  TWO_PLANS,
  named({ ...TWO_PLANS, mishaps: 1, situations: [...TWO_PLANS.situations, ...CRASHED] }),
  ONE_LOCK,
  named({ ...LOCK, mishaps: 1, deadlines: false, situations: [...ALWAYS, ...CRASHED, ...LOCKED, ...WAIT_BROKEN] }),
]

const LONG: readonly Model[] = [
  ...SHORT,
  named(RACING),
  named({ ...THREEFOLD, mishaps: 1 }),
  named({ ...THREEFOLD, mishaps: 2 }),
  named({ ...THREEFOLD, resolvers: 2, mishaps: 0, situations: [...ALWAYS, ...LATE, ...RESOLVED, ...RACED] }),
  named({ ...BATCH, losses: 'SOME', mishaps: null, situations: [...BATCH.situations, ...CRASHED, ...FOLLOWED] }),
  named({ ...RACED_FOR, mishaps: 1, situations: [...RACED_FOR.situations, ...CRASHED, ...FOLLOWED] }),
  named({ ...BATCH, members: 3, mishaps: 1, situations: [...BATCH.situations, ...CRASHED, ...FOLLOWED] }),
  named({ ...RACED_FOR, members: 3, mishaps: 0 }),
  named({ ...TWO_PLANS, mishaps: null, situations: [...TWO_PLANS.situations, ...CRASHED] }),
  named({ ...PLANS, resolvers: 1, losses: 'ALL', mishaps: 0, situations: [...ALWAYS, ...LATE, ...SHUT_OUT] }),
  named({ ...LOCK, mishaps: 1, situations: [...ALWAYS, ...CRASHED, ...LATE, ...LOCKED, ...WAIT_BROKEN] }),
  named({ ...LOCK, mishaps: 2, deadlines: false, situations: [...ALWAYS, ...CRASHED, ...LOCKED, ...WAIT_BROKEN] }),
]

/** Names of small models that together catch most of what is wrong, in about four seconds. Each bound has them. */
export const QUICK: readonly string[] = [ALONE, RESOLVABLE, BATCHED, TWO_PLANS, ONE_LOCK].map(({ name }) => name)

export function modelsOf(bound: Bound): readonly Model[] {
  return bound === 'SHORT' ? SHORT : LONG
}

/** Its name tells all of its bounds. */
function named(model: Omit<Model, 'name'>): Model {
  const { attempts, members, hasLock, systems, resolvers, mishaps, deadlines } = model
  const what =
    members > 0
      ? `one batch of ${members} members`
      : attempts.length === 1
        ? 'one transaction'
        : hasLock
          ? 'two transactions and a lock'
          : 'two plans of one id'
  const parts = [
    what,
    `${systems.length} participants`,
    `${resolvers} ${resolvers === 1 ? 'resolver' : 'resolvers'}${attempts.length === 1 ? '' : ' each'}`,
    mishaps === null ? 'any mishaps' : `${mishaps} ${mishaps === 1 ? 'mishap' : 'mishaps'} and a loss of all`,
    ...(deadlines ? [] : ['no deadline']),
  ]
  return { ...model, name: parts.join(', ') }
}
