/** What was asked under an idempotency key, to tell two requests apart. */

/** One text for one request, whatever the order in which its fields were given. */
export function canonicalRequest(parts: readonly unknown[]): string {
  return JSON.stringify(ordered(parts))
}

/** The same value with the properties of every object in code unit order; what makes its own JSON stays as it is. */
function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value
  if (Array.isArray(value)) return value.map(ordered)
  const entries = Object.entries(value).map(([name, one]) => [name, ordered(one)] as const)
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}
