/** Operations over a graph of fifty customers, whose feed says what a test tells it to. */

import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { NEVER_WRITTEN, type RecordKey } from '../../../schema/record.ts'
import { NO_IMPORTS } from '../../../test/graph/no-imports.ts'
import { createSampleFeed } from '../../../test/graph/sample-feed.ts'
import {
  coordinatorKnowing,
  crmSubgraph,
  erpSubgraph,
  participantHolding,
  syncAnswering,
} from '../../../test/graph/sample-graph.ts'
import { sampleMapSet } from '../../../test/graph/sample-maps.ts'
import type { Feed } from '../../changes/feed/feed.ts'
import type { Imports } from '../../imports/api/imports.ts'
import type { Caller, Operation, OperationRequest, StreamedResult } from '../operations.ts'
import { createGraph } from '../server.ts'

const HELD = new Map(
  Array.from({ length: 50 }, (_, index) => [`["usmf","C-${index + 1}"]` as RecordKey, NEVER_WRITTEN]),
)

export async function startOperations(
  options: { readonly isErpSilent?: () => boolean; readonly imports?: Imports } = {},
) {
  const feed = createSampleFeed()
  return { feed, ...(await startOperationsOver(feed, options)) }
}

/** The same, over a feed that the test brings; `fetched` is told of each subgraph that is asked. */
export async function startOperationsOver(
  feed: Feed,
  { isErpSilent = (): boolean => false, imports = NO_IMPORTS, fetched = (_subgraph: string): void => {} } = {},
) {
  const lines: Record<string, unknown>[] = []
  const fetches: string[] = []
  const graph = await createGraph({
    mapSet: sampleMapSet,
    subgraphs: [crmSubgraph(50), erpSubgraph()],
    sync: syncAnswering(({ id }) => ({ id, transaction: null, errors: [] })),
    coordinator: coordinatorKnowing([]),
    participants: new Map([
      ['CRM', participantHolding('CRM', HELD)],
      [
        'ERP',
        participantHolding('ERP', HELD, () => {
          if (isErpSilent()) throw new Error('connect ECONNREFUSED 10.0.0.7:4002')
        }),
      ],
    ]),
    feed: () => feed,
    imports,
    contextFor: () => ({}),
    limits: { queryDepthMax: 15, queryTokensMax: 500, pageSizeMax: 500 },
    log: pino({ level: 'error' }, { write: (line: string) => lines.push(JSON.parse(line)) }),
    onFetch(subgraph) {
      fetches.push(subgraph)
      fetched(subgraph)
    },
  })
  onTestFinished(() => graph.stop())
  const run = (
    request: Partial<OperationRequest>,
    caller: Partial<Caller> = {},
    signal = new AbortController().signal,
  ) =>
    graph.operations.run(
      { query: '', operationName: null, variables: {}, extensions: {}, ...request },
      { actor: 'ada', resumeAfter: null, ...caller },
      signal,
    )
  /** A subscription, whose first result has been asked for: what is published from now on reaches it. */
  const follow = async (request: Partial<OperationRequest>, caller: Partial<Caller> = {}) => {
    const abort = new AbortController()
    onTestFinished(() => abort.abort())
    const results = streamOf(await run(request, caller, abort.signal))[Symbol.asyncIterator]()
    return { abort, results, first: results.next() }
  }
  return { lines, fetches, run, follow }
}

function streamOf(operation: Operation): AsyncIterable<StreamedResult> {
  if (operation.operation !== 'STREAM') throw new Error(JSON.stringify(operation))
  return operation.results
}

/** As a transport writes it down. */
export const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
