/** Filters that no change can ever meet: whoever sent one would wait for ever, and is told so instead. */

import { decodeId } from '../../../maps/identity.ts'
import type { TableMap } from '../../../maps/model.ts'
import type { ChangeFilter } from '../../changes/feed/feed.ts'

/** Why no change of an entity of these maps can meet the filter; null where one can. */
export function impossibility(maps: readonly TableMap[], filter: ChangeFilter): string | null {
  return emptyList(filter) ?? contradiction(filter) ?? (maps.some((map) => isPossible(map, filter)) ? null : NO_RECORD)
}

const NO_RECORD = 'No record can meet all conditions of the filter together: leave some out'

function emptyList({ values, ...lists }: ChangeFilter): string | null {
  const name = Object.entries(lists).find(([, list]) => list?.length === 0)?.[0]
  if (name !== undefined) return `\`${name}\`: an empty list asks for nothing; leave it out to ask for all`
  const field = values?.find((one) => one.in.length === 0)?.field
  return field === undefined ? null : `\`values\`: no value of ${field} is asked for; leave it out to ask for any`
}

/** Every condition on a field must hold, so there must be a value that is in all of their lists. */
function contradiction({ values }: ChangeFilter): string | null {
  const byField = Map.groupBy(values ?? [], ({ field }) => field)
  for (const [field, [first, ...others]] of byField) {
    const common = first?.in.filter((value) => others.every((other) => other.in.includes(value)))
    if (common?.length === 0) return `\`values\`: no value of ${field} is in all of its lists`
  }
  return null
}

function isPossible(map: TableMap, { entities, companies, ids, changedFields, values }: ChangeFilter): boolean {
  const isOfCompany = (company: string | undefined) =>
    companies === null || (map.scope === 'company' && company !== undefined && companies.includes(company))
  const isOne = (id: string) => {
    const decoded = decodeId(id)
    return decoded?.entity === map.entity && isOfCompany(decoded.key[0])
  }
  return (
    (entities === null || entities.includes(map.entity)) &&
    (values ?? []).every(({ field }) => map.field.has(field)) &&
    (changedFields === null || changedFields.some((name) => map.field.has(name))) &&
    (ids === null ? companies === null || map.scope === 'company' : ids.some(isOne))
  )
}
