/**
 * What can still matter: for each node of a graph its own bits together with those of every node that can follow, up to
 * 31 bits.
 */
export function spread(own: readonly number[], following: readonly (readonly number[])[]): readonly number[] {
  const spread = [...own]
  for (let isSettled = false; !isSettled; ) {
    isSettled = true
    for (let node = spread.length - 1; node >= 0; node -= 1) {
      const before = spread[node] ?? 0
      const after = (following[node] ?? []).reduce((bits, next) => bits | (spread[next] ?? 0), before)
      if (after === before) continue
      spread[node] = after
      isSettled = false
    }
  }
  return spread
}
