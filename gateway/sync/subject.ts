/** The record that a transaction is about, as its rows name it. */

import { encodeId } from '../../maps/identity.ts'
import type { TableMap } from '../../maps/model.ts'
import type { PrepareRequest } from '../../schema/participant.ts'

/** A key that no system would take is not kept: what is refused leaves a row, and rows stay small. */
const ID_LENGTH_MAX = 1_000

export function subjectOf(map: TableMap, key: readonly (string | null)[]): PrepareRequest['subject'] {
  const parts = key.filter((part) => part !== null)
  if (parts.length < key.length) return null
  const id = encodeId(map.entity, parts)
  return id.length > ID_LENGTH_MAX ? null : { entity: map.entity, id }
}
