/** Headers and names in JSON rows with their targets, found once and remembered: a file asks for the same again and again. */

import type { MapSet, TableMap } from '../../../maps/model.ts'
import { resolveHeader } from './header-target.ts'
import { partOf, type Resolved } from './target.ts'

/** Of a field of the entity itself, or of the parts in one of its lists. */
export type Resolver = (list: string | null, name: string) => Resolved

export function createResolver(mapSet: MapSet, map: TableMap): Resolver {
  // Of what leads nowhere there is no end, so only what leads somewhere is kept.
  const known = new Map<string, Resolved>()
  return (list, name) => {
    const asked = JSON.stringify([list, name])
    const found = known.get(asked)
    if (found !== undefined) return found
    const part = list === null ? null : partOf(mapSet, map, list)
    const resolved =
      list === null || part === null
        ? resolveHeader(mapSet, map, name)
        : inList(list, resolveHeader(mapSet, part, name))
    if (resolved.ok) known.set(asked, resolved)
    return resolved
  }
}

/** A field of a part as the input of the whole has it. */
function inList(list: string, resolved: Resolved): Resolved {
  if (!resolved.ok) return resolved
  const { target } = resolved
  if (target.field === null) return { ok: false, code: 'UNKNOWN_FIELD', message: 'A part is not named by an id.' }
  return { ok: true, target: { ...target, list, path: [list, ...target.path], name: `${list}.${target.name}` } }
}
