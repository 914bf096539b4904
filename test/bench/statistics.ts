/** Figures from rounds: medians, because rounds on a shared machine differ; ratios, because machines do. */

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** By the nearest rank; 0 for no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

/** `a` by `b` round for round, as median with the smallest and the largest. */
export function ratio(a: readonly number[], b: readonly number[]): string {
  const ratios = a.map((value, round) => value / (b[round] ?? Number.NaN))
  return `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`
}
