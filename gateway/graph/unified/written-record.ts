/** Whether there is a record to show once a write was answered. */

import type { TableMap } from '../../../maps/model.ts'
import type { EntityOutcome, EntityWrite } from '../../sync/write.ts'
import type { RecordLoaders } from './record-loaders.ts'
import { isThere } from './sync-state.ts'

type Write = Pick<EntityWrite, 'operation' | 'options'>

/** What the outcome alone tells of the record; null where it takes a look. */
export function knownExistence(write: Write, { errors, transaction }: EntityOutcome): boolean | null {
  const isDone = transaction?.state === 'COMMITTED' || transaction?.state === 'COMMITTING'
  if (write.options.dryRun || errors.length > 0 || !isDone) return null
  return write.operation !== 'DELETE'
}

/** Looks only where the write was refused, tried out, or changed nothing: the record may be there all the same. */
export async function existsAfter(
  map: TableMap,
  write: Write,
  outcome: EntityOutcome,
  records: RecordLoaders,
): Promise<boolean> {
  const known = knownExistence(write, outcome)
  if (known !== null) return known
  return outcome.id !== null && (await isThere(map, outcome.id, records))
}
