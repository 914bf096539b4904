/** The record that a transaction is about, as its rows name it. */

import type { TableMap } from '../../maps/model.ts'
import type { PrepareRequest } from '../../schema/participant.ts'
import { idOf, type Key } from './key.ts'

/** A key that no system would take is not kept: what is refused leaves a row, and rows stay small. */
const ID_LENGTH_MAX = 1_000

export function subjectOf(map: TableMap, key: Key): PrepareRequest['subject'] {
  const id = idOf(map, key)
  return id === null || id.length > ID_LENGTH_MAX ? null : { entity: map.entity, id }
}
