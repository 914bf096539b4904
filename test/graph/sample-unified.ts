/** Operations on the unified subgraph alone, over the sample maps. */

import { execute, parse, validate } from 'graphql'
import { createRecordLoaders } from '../../gateway/graph/unified/record-loaders.ts'
import { buildUnified } from '../../gateway/graph/unified/unified.ts'
import type { EntityOutcome, EntityWrite } from '../../gateway/sync/write.ts'
import { NEVER_WRITTEN, type RecordKey, type TransactionView } from '../../schema/participant.ts'
import { coordinatorKnowing, customerId, participantHolding, syncAnswering, transactionView } from './sample-graph.ts'
import { sampleMapSet } from './sample-maps.ts'

export interface World {
  /** Answer to every write; a commit of customer 1 if left out. */
  readonly outcome?: EntityOutcome
  readonly transactions?: readonly TransactionView[]
  /** Records that both systems hold. */
  readonly held?: readonly RecordKey[]
}

export const done: EntityOutcome = {
  id: customerId(1),
  transaction: transactionView('t1', { startedAt: 1_000, decidedAt: 2_000 }),
  errors: [],
}

/** Gives the answer, and the writes that it led to. */
export async function runUnified(world: World, query: string, variables: Record<string, unknown> = {}) {
  const writes: EntityWrite[] = []
  const { schema } = sampleUnified(world, (write) => writes.push(write))
  const document = parse(query)
  const [invalid] = validate(schema, document)
  if (invalid !== undefined) throw invalid
  const held = new Map((world.held ?? []).map((key) => [key, NEVER_WRITTEN]))
  const participants = new Map([
    ['CRM', participantHolding('CRM', held)],
    ['ERP', participantHolding('ERP', held)],
  ] as const)
  const contextValue = { actor: 'ada', records: createRecordLoaders(participants) }
  const { data, errors } = await execute({ schema, document, variableValues: variables, contextValue })
  return { data: JSON.parse(JSON.stringify(data ?? null)), errors, writes }
}

export function sampleUnified(world: World = {}, onWrite: (write: EntityWrite) => void = () => {}) {
  return buildUnified({
    mapSet: sampleMapSet,
    sync: syncAnswering((write) => {
      onWrite(write)
      return world.outcome ?? done
    }),
    coordinator: coordinatorKnowing(world.transactions ?? []),
    limits: { pageSizeMax: 100 },
  })
}
