/** What was asked under an idempotency key, to tell two requests apart. */

/** One text for one request, whatever the order in which its fields were given. */
export function canonicalRequest(parts: readonly unknown[]): string {
  return JSON.stringify(parts, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}
