/** Seeded randomness: the same seed gives the same numbers on every machine. */

export interface Random {
  /** From 0 up to, not including, 1. */
  fraction(): number
  /** A whole number from 0 up to, not including, `count`. */
  below(count: number): number
  chance(probability: number): boolean
  /** Throws a RangeError for an empty list. */
  pick<T>(items: readonly T[]): T
  bytes(size: number): Uint8Array
  /** A generator of its own, so that what one part draws does not change what another draws. */
  fork(): Random
}

/** The generator `sfc32` of Chris Doty-Humphrey (PractRand), with the seed spread over its state by twelve turns. */
export function randomOf(seed: number): Random {
  let [a, b, c, d] = [seed | 0, (seed / 2 ** 32) | 0, 0x9e3779b9 | 0, 1]
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let turn = 0; turn < 12; turn += 1) next()

  const fraction = () => next() / 2 ** 32
  const below = (count: number) => Math.floor(fraction() * count)
  return {
    fraction,
    below,
    chance: (probability) => fraction() < probability,
    pick: (items) => {
      const item = items[below(items.length)]
      if (item === undefined) throw new RangeError('nothing to pick from')
      return item
    },
    bytes: (size) => {
      const bytes = new Uint8Array(size)
      for (let index = 0; index < size; index += 1) bytes[index] = below(256)
      return bytes
    },
    fork: () => randomOf(next() * 2 ** 20 + (next() >>> 12)),
  }
}
