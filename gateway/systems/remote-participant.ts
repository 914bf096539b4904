/** A system in another process, as the coordinator sees any participant. */

import type { Participant, PrepareRequest } from '../../schema/participant.ts'
import type { Peer } from '../../schema/process/http/peer.ts'
import type { System } from '../../schema/record.ts'
import { callsTo } from './calls.ts'

export interface RemoteParticipantOptions {
  readonly system: System
  /** What votes and questions go through. */
  readonly peer: Peer
  /**
   * What ends transactions goes through, on connections of its own: prepares may take all others while they wait for
   * the locks that a commit frees.
   */
  readonly endingPeer: Peer
  /** Digest of the tables that this gateway was built for. */
  readonly tables: string
  readonly callTimeoutMs: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** A system that refuses at the deadline needs a moment to say so. */
const AFTER_DEADLINE_MS = 1_000

/** No request may take longer by any setting. */
const LEFT_MS_MAX = 10 * 60_000

export function remoteParticipant(options: RemoteParticipantOptions): Participant {
  const { system, peer, endingPeer, tables, callTimeoutMs, now } = options
  const { ask, askOnce } = callsTo({ system, peer, tables })
  const ending = callsTo({ system, peer: endingPeer, tables })

  /** Nobody waits for a vote much longer than to the last deadline of its vector. */
  function prepareMs(requests: readonly PrepareRequest[]): number {
    const leftMs = Math.max(0, ...requests.map(({ deadline }) => deadline - now()))
    return Math.min(leftMs, LEFT_MS_MAX) + AFTER_DEADLINE_MS
  }

  return {
    system,
    prepare: (requests) => ask('prepare', requests, prepareMs(requests)),
    commit: (requests) => ending.ask('commit', requests, callTimeoutMs).map(withoutValue),
    abort: (ids) => ending.ask('abort', ids, callTimeoutMs).map(withoutValue),
    fence: (requests) => ending.ask('fence', requests, callTimeoutMs),
    check: (requests) => ask('check', requests, callTimeoutMs),
    look: (query) => askOnce('look', query, callTimeoutMs),
    read: (refs) => askOnce('read', refs, callTimeoutMs),
    select: (selections) => askOnce('select', selections, callTimeoutMs),
    derive: (requests) => ask('derive', requests, callTimeoutMs),
    draw: (requests) => ask('draw', requests, callTimeoutMs),
    describe: () => askOnce('describe', undefined, callTimeoutMs),
  }
}

function withoutValue(answer: Promise<unknown>): Promise<void> {
  return answer.then(() => undefined)
}
