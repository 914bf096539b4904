/** What every gateway writes through, wherever its systems are: the coordinator, and the planning of its transactions. */

import type { MapSet } from '../maps/model.ts'
import { SAMPLE_DATA } from '../maps/sample/sample-data.ts'
import type { Participant } from '../schema/participant.ts'
import type { Config } from '../schema/process/config.ts'
import type { Log } from '../schema/process/log.ts'
import type { System } from '../schema/record.ts'
import type { Coordinator } from './coordinator/coordinator.ts'
import { createCoordinator } from './coordinator/shell.ts'
import { clockOf, type Environment, randomnessOf } from './environment.ts'
import { type Traffic, watchTraffic } from './imports/worker/traffic.ts'
import { writeSampleData } from './sample.ts'
import { createSync } from './sync/sync.ts'
import type { Sync } from './sync/write.ts'

export interface WritePath {
  readonly mapSet: MapSet
  readonly participants: ReadonlyMap<System, Participant>
  readonly coordinator: Coordinator
  readonly sync: Sync
  /** Of all that is written through `sync`. */
  readonly traffic: Traffic
}

export interface GatewayParts {
  readonly config: Config
  readonly environment: Environment
  readonly log: Log
  /** Drains the coordinator at its end. */
  readonly opened: AsyncDisposableStack
}

const TENANT = 'lockstep'
const ATTEMPTS_MAX = 10
const LOCK_BACKOFF_MS = 10

/** Nothing is recovered yet. */
export function createWritePath(
  { mapSet, participants }: Pick<WritePath, 'mapSet' | 'participants'>,
  { config, environment, log, opened }: GatewayParts,
): WritePath {
  const settings = {
    tenant: TENANT,
    maxTimeoutMs: config.timeoutMaxMs,
    attemptsMax: ATTEMPTS_MAX,
    lockBackoffMs: LOCK_BACKOFF_MS,
    inFlightMax: config.writesInFlightMax,
  }
  const coordinator = createCoordinator({
    participants,
    clock: clockOf(environment),
    random: randomnessOf(environment),
    log: log.child({ part: 'coordinator' }),
    settings,
  })
  opened.defer(() => coordinator.drain(config.drainMs))
  const sync = createSync({ mapSet, participants, coordinator, defaultTimeoutMs: config.timeoutDefaultMs })
  return { mapSet, participants, coordinator, ...watchTraffic(sync, clockOf(environment)) }
}

/** Fills empty stores where the configuration asks for it. */
export async function fillWithSampleData(path: WritePath, { config, environment, log }: GatewayParts): Promise<void> {
  if (!config.sampleData) return
  const options = { ...path, now: environment.clock, timeoutMs: config.timeoutDefaultMs }
  if (await writeSampleData(SAMPLE_DATA, options)) log.info('sample data written')
}
