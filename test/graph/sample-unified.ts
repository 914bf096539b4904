/** Operations on the unified subgraph alone, over the sample maps. */

import { execute, parse, validate } from 'graphql'
import type { Feed, FeedMessage } from '../../gateway/changes/feed/feed.ts'
import { createRecordLoaders } from '../../gateway/graph/unified/record-loaders.ts'
import { buildUnified } from '../../gateway/graph/unified/unified.ts'
import type { Imports } from '../../gateway/imports/api/imports.ts'
import type { Job } from '../../gateway/imports/job/job.ts'
import type { EntityOutcome, EntityWrite, TransactOutcome, TransactWrite } from '../../gateway/sync/write.ts'
import type { TransactionView } from '../../schema/caller-view.ts'
import { NEVER_WRITTEN, type RecordKey } from '../../schema/record.ts'
import { NO_FEED } from './no-feed.ts'
import { NO_IMPORTS } from './no-imports.ts'
import { coordinatorKnowing, customerId, participantHolding, syncAnswering, transactionView } from './sample-graph.ts'
import { sampleMapSet } from './sample-maps.ts'

export interface World {
  /** Answer to every write; a commit of customer 1 if left out. */
  readonly outcome?: EntityOutcome
  /** Answer to every `transact`; a commit without records if left out. */
  readonly transacted?: TransactOutcome
  readonly transactions?: readonly TransactionView[]
  readonly feed?: Feed
  readonly imports?: Imports
  /** What a subscription to an import is executed for. */
  readonly job?: Job
  /** What a subscription is executed for. */
  readonly message?: FeedMessage
  /** Records that both systems hold. */
  readonly held?: readonly RecordKey[]
}

export const done: EntityOutcome = {
  id: customerId(1),
  transaction: transactionView('t1', { startedAt: 1_000, decidedAt: 2_000 }),
  errors: [],
}

/** Gives the answer, and the writes and transactions of many records that it led to. */
export async function runUnified(world: World, query: string, variables: Record<string, unknown> = {}) {
  const writes: EntityWrite[] = []
  const transacts: TransactWrite[] = []
  const { schema } = sampleUnified(
    world,
    (write) => writes.push(write),
    (write) => transacts.push(write),
  )
  const document = parse(query)
  const [invalid] = validate(schema, document)
  if (invalid !== undefined) throw invalid
  const held = new Map((world.held ?? []).map((key) => [key, NEVER_WRITTEN]))
  const participants = new Map([
    ['CRM', participantHolding('CRM', held)],
    ['ERP', participantHolding('ERP', held)],
  ] as const)
  const message = world.message ?? null
  const contextValue = {
    actor: 'ada',
    records: createRecordLoaders(participants),
    message,
    job: world.job ?? null,
    subscribe: null,
  }
  const { data, errors } = await execute({ schema, document, variableValues: variables, contextValue })
  return { data: JSON.parse(JSON.stringify(data ?? null)), errors, writes, transacts }
}

export function sampleUnified(
  world: World = {},
  onWrite: (write: EntityWrite) => void = () => {},
  onTransact: (write: TransactWrite) => void = () => {},
) {
  const writing = syncAnswering((write) => {
    onWrite(write)
    return world.outcome ?? done
  })
  return buildUnified({
    mapSet: sampleMapSet,
    sync: {
      ...writing,
      transact: async (write) => {
        onTransact(write)
        return world.transacted ?? { ids: [], transaction: done.transaction, errors: [] }
      },
    },
    coordinator: coordinatorKnowing(world.transactions ?? []),
    feed: world.feed ?? NO_FEED,
    imports: world.imports ?? NO_IMPORTS,
    limits: { pageSizeMax: 100 },
  })
}
