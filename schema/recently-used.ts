/** A map that holds so many entries at most: the one not used for longest makes room. */
export class RecentlyUsed<Key, Value> {
  readonly #max: number
  readonly #entries = new Map<Key, Value>()

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#entries.size
  }

  /** The one not used for longest first. */
  get keys(): readonly Key[] {
    return [...this.#entries.keys()]
  }

  /** Undefined where there is none. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key)
    if (value !== undefined) this.set(key, value)
    return value
  }

  set(key: Key, value: Value): void {
    // A Map keeps its order of insertion: putting an entry back makes it the youngest.
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size > this.#max) this.#dropOldest()
  }

  delete(key: Key): void {
    this.#entries.delete(key)
  }

  #dropOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#entries.delete(key)
      return
    }
  }
}
