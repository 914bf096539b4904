/** How fast a job comes on: remembered with it, so that whoever asks and wherever gets the same numbers. */

/** What was done by a moment, from the beginning on: rows with their outcome, and their bytes of the stored file. */
export interface Sample {
  readonly at: number
  readonly rows: number
  readonly bytes: number
}

export const WINDOW_MS = 10_000
const SAMPLES_MAX = 32
const APART_MS = WINDOW_MS / (SAMPLES_MAX - 2)

/** With another sample. The newest is always kept, and older ones at some distance, back to the window's beginning. */
export function paced(pace: readonly Sample[], sample: Sample): readonly Sample[] {
  const [last, before] = [pace.at(-1), pace.at(-2)]
  // The clock of another worker may be behind.
  const at = Math.max(sample.at, last?.at ?? sample.at)
  const isClose = last !== undefined && before !== undefined && last.at - before.at < APART_MS
  const kept = [...(isClose ? pace.slice(0, -1) : pace), { ...sample, at }]
  const begin = kept.findLastIndex((one) => one.at <= at - WINDOW_MS)
  return kept.slice(Math.max(0, begin)).slice(-SAMPLES_MAX)
}

export interface Rates {
  readonly rowsPerSecond: number
  readonly bytesPerSecond: number
}

/** Over the window that ends now; null before anything can be said. */
export function ratesOf(pace: readonly Sample[], now: number): Rates | null {
  const last = pace.at(-1)
  const begin = pace.findLast(({ at }) => at <= now - WINDOW_MS) ?? pace[0]
  if (last === undefined || begin === undefined || now <= begin.at) return null
  const seconds = (now - begin.at) / 1_000
  return { rowsPerSecond: (last.rows - begin.rows) / seconds, bytesPerSecond: (last.bytes - begin.bytes) / seconds }
}
