/** Days as the graph writes them, for example `2026-10-30`. */

const MS_PER_DAY = 86_400_000

/** A negative number of days leads back. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * MS_PER_DAY).toISOString().slice(0, 10)
}
