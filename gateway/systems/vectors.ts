/** Splits a vector that is too large for one message. */

export interface Batch {
  /** Position of its first element in the vector. */
  readonly from: number
  /** JSON texts of its elements. */
  readonly elements: readonly string[]
}

/** In order; each at most `charactersMax` long, but for a single element that is longer by itself. */
export function batchesOf(elements: readonly string[], charactersMax: number): readonly Batch[] {
  const batches: Batch[] = []
  let from = 0
  let characters = 0
  for (const [index, element] of elements.entries()) {
    if (index > from && characters + element.length > charactersMax) {
      batches.push({ from, elements: elements.slice(from, index) })
      from = index
      characters = 0
    }
    characters += element.length
  }
  if (from < elements.length) batches.push({ from, elements: elements.slice(from) })
  return batches
}
