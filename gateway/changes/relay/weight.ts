/** What a value takes as JSON, about: quicker than making the text, for bounds that need not be exact. Pure. */

/** Of a number, a boolean or null. */
const SMALL = 8
/** Of what stands around a value, or a name: quotes, a colon, a comma. */
const AROUND = 3

/** In bytes of text that has no letter but plain ones. */
export function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length + AROUND
  if (typeof value !== 'object' || value === null) return SMALL
  let weight = AROUND
  if (Array.isArray(value)) {
    for (const one of value) weight += weightOf(one)
    return weight
  }
  for (const name in value)
    weight += name.length + AROUND + weightOf((value as Readonly<Record<string, unknown>>)[name])
  return weight
}
