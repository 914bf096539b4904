/** What one request carries through the graph. Every subgraph in this process sees the same object. */

import type { RecordLoaders } from './unified/record-loaders.ts'

/**
 * `actor` names who asks. `records` reads committed records for the unified subgraph; whatever else is here belongs to
 * the other subgraphs in this process: a set of loaders for each, made for this request alone.
 */
export interface GraphContext {
  readonly actor: string | null
  readonly records: RecordLoaders
  readonly [part: string]: unknown
}

/** Makes what the subgraphs of this process need for one request. */
export type ContextFor = (actor: string | null) => Readonly<Record<string, unknown>>
