/** States that were found, each a row of whole numbers: numbered in the order in which they came, and found again. */

const FIRST_CAPACITY = 1 << 12

export class StateSet {
  readonly #width: number
  #words: Int32Array
  /** Open addressing: numbers of states plus one, 0 for a free place. At most half of it is taken. */
  #places: Int32Array
  #size = 0

  constructor(width: number) {
    this.#width = width
    this.#words = new Int32Array(width * FIRST_CAPACITY)
    this.#places = new Int32Array(2 * FIRST_CAPACITY)
  }

  get size(): number {
    return this.#size
  }

  /** The state's number: `size` as it was before, if the state is new. */
  add(state: Int32Array): number {
    let place = this.#placeOf(state)
    const known = this.#places[place] ?? 0
    if (known > 0) return known - 1
    if (2 * (this.#size + 1) > this.#places.length) {
      this.#grow()
      place = this.#placeOf(state)
    }
    this.#words.set(state, this.#size * this.#width)
    this.#size += 1
    this.#places[place] = this.#size
    return this.#size - 1
  }

  /** A view, good until the next `add`. */
  at(number: number): Int32Array {
    return this.#words.subarray(number * this.#width, (number + 1) * this.#width)
  }

  #placeOf(state: Int32Array): number {
    const mask = this.#places.length - 1
    let place = hash(state) & mask
    for (;;) {
      const known = this.#places[place] ?? 0
      if (known === 0 || this.#isAt(known - 1, state)) return place
      place = (place + 1) & mask
    }
  }

  #isAt(number: number, state: Int32Array): boolean {
    const start = number * this.#width
    for (let word = 0; word < this.#width; word += 1) {
      if (this.#words[start + word] !== state[word]) return false
    }
    return true
  }

  #grow(): void {
    const words = new Int32Array(this.#words.length * 2)
    words.set(this.#words)
    this.#words = words
    this.#places = new Int32Array(this.#places.length * 2)
    for (let number = 0; number < this.#size; number += 1) this.#places[this.#placeOf(this.at(number))] = number + 1
  }
}

/** FNV-1a over words, mixed once more (the finish of MurmurHash3), for neighbouring states differ in few bits. */
function hash(state: Int32Array): number {
  let sum = 0x811c9dc5
  for (const word of state) sum = Math.imul(sum ^ word, 0x01000193) ^ (sum >>> 15)
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b)
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35)
  return sum ^ (sum >>> 16)
}
