/** Row numbers, written as spans: ascending and apart. Most batches are one span. */

export type RowSpan = readonly [first: number, last: number]

/** Of ascending numbers, each once. */
export function spansOf(rows: readonly number[]): readonly RowSpan[] {
  const spans: [number, number][] = []
  for (const row of rows) {
    const last = spans.at(-1)
    if (last !== undefined && row === last[1] + 1) last[1] = row
    else spans.push([row, row])
  }
  return spans
}

export function rowsIn(spans: readonly RowSpan[]): readonly number[] {
  return spans.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index))
}

export function countOf(spans: readonly RowSpan[]): number {
  return spans.reduce((count, [first, last]) => count + last - first + 1, 0)
}

/** Whether these are just the rows of the spans, in whatever order, each once. */
export function areRowsOf(spans: readonly RowSpan[], rows: readonly number[]): boolean {
  const expected = rowsIn(spans)
  const given = rows.toSorted((one, other) => one - other)
  return given.length === expected.length && given.every((row, index) => row === expected[index])
}
