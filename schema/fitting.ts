/** How many of the first ones fit into so many bytes together; the first does whatever its length, so that all come by. */
export function fitting(lengths: readonly number[], bytesMax: number): number {
  let bytes = 0
  for (const [index, length] of lengths.entries()) {
    bytes += length
    if (bytes > bytesMax && index > 0) return index
  }
  return lengths.length
}
