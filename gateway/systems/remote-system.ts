/** A system in another process, as a gateway needs it: participant, subgraph and health. */

import { setTimeout as pause } from 'node:timers/promises'
import type { MapSet } from '../../maps/model.ts'
import type { Participant } from '../../schema/participant.ts'
import type { Config } from '../../schema/process/config.ts'
import type { Dependency } from '../../schema/process/http/parts.ts'
import { connectTo, type Peer } from '../../schema/process/http/peer.ts'
import type { Log } from '../../schema/process/log.ts'
import type { System } from '../../schema/record.ts'
import { tablesDigest } from '../../schema/table-digest.ts'
import type { Subgraph } from '../graph/federation.ts'
import { NoAnswer } from './calls.ts'
import { remoteParticipant } from './remote-participant.ts'
import { RemoteSubgraph } from './remote-subgraph.ts'
import { shippedSdl } from './shipped-sdl.ts'

export interface RemoteSystem {
  readonly system: System
  readonly participant: Participant
  readonly subgraph: Subgraph
  readonly dependency: Dependency
}

export interface RemoteSystemParts {
  readonly config: Pick<Config, 'crmUrl' | 'erpUrl' | 'callTimeoutMs'>
  readonly token: string
  readonly mapSet: MapSet
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly log: Log
  /** Closes the connections at its end. */
  readonly opened: AsyncDisposableStack
}

/** Connects when there is something to ask, so the system need not be there yet. */
export function remoteSystem(system: System, parts: RemoteSystemParts): RemoteSystem {
  const { config, token, mapSet, clock, opened } = parts
  const url = { CRM: config.crmUrl, ERP: config.erpUrl }[system]
  const connect = (): Peer => opened.adopt(connectTo(url, token), (peer) => peer.close())
  const tables = tablesDigest([...mapSet.tables[system].values()])
  const participant = remoteParticipant({
    system,
    peer: connect(),
    endingPeer: connect(),
    tables,
    callTimeoutMs: config.callTimeoutMs,
    now: clock,
  })
  const source = new RemoteSubgraph({
    system,
    peer: connect(),
    timeoutMs: config.callTimeoutMs,
    now: clock,
    pause,
    log: parts.log.child({ part: 'graph' }),
  })
  return {
    system,
    participant,
    subgraph: { name: system.toLowerCase(), sdl: shippedSdl(system, mapSet), source },
    dependency: { name: `the ${system}`, check: () => faultOf(participant, tables) },
  }
}

const UNAUTHORIZED = 401

async function faultOf(participant: Participant, tables: string): Promise<string | null> {
  try {
    const asked = [participant.describe(), participant.look({ by: 'IN_DOUBT', deadlineBefore: 0 })] as const
    const [{ digest }] = await Promise.all(asked)
    return digest === tables ? null : 'has other tables than this gateway was built for'
  } catch (error) {
    if (error instanceof NoAnswer && error.status === UNAUTHORIZED) return 'has another service token'
    throw error
  }
}
