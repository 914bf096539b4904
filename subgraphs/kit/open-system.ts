/** Opens a system as it ships over its store in the data folder. */

import { access, constants, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { MapSet } from '../../maps/model.ts'
import type { Submit } from '../../schema/native-write.ts'
import type { Config } from '../../schema/process/config.ts'
import type { Log } from '../../schema/process/log.ts'
import { unusableStore } from '../../schema/process/start-error.ts'
import type { ShippedSystem } from './shipped-system.ts'
import { openSqliteStore } from './stores/sqlite/store.ts'
import { type OpenSystem, systemOver } from './system.ts'

/** A system over its own store. */
export interface RunningSystem extends OpenSystem, Pick<ShippedSystem, 'examples'> {}

export interface OpenSystemParts {
  readonly config: Config
  readonly mapSet: MapSet
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly log: Log
  readonly submit: Submit
  /** Closes the system at its end. */
  readonly opened: AsyncDisposableStack
}

/** Rejects with a StartError for a store that cannot be used. */
export async function openSystem(shipped: ShippedSystem, parts: OpenSystemParts): Promise<RunningSystem> {
  const { system, logic, examples } = shipped
  const { config, mapSet, clock, log, submit, opened } = parts
  await mkdir(config.dataDirectory, { recursive: true })
  await access(config.dataDirectory, constants.W_OK)
  const tables = [...mapSet.tables[system].values()]
  const file = join(config.dataDirectory, `${system.toLowerCase()}.sqlite`)
  const systemLog = log.child({ part: system.toLowerCase() })
  const store = await openSqliteStore({ system, file, tables, logic }).catch((error: unknown) => {
    throw unusableStore(error, file)
  })
  opened.defer(() => store.close())
  const onError = (error: unknown, message: string) => systemLog.error({ err: error }, message)
  const open = systemOver(store, { system, tables, mapSet, submit, clock, limits: config, onError })
  return { ...open, examples }
}
