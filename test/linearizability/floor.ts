/**
 * The revisions that operations which are yet to be placed need to find. Revisions only grow, so a register beyond the
 * lowest of them leads nowhere.
 */
export class Floor {
  readonly #needs: readonly number[]
  readonly #positions: ReadonlyMap<number, number>
  readonly #waiting: number[]
  /** No operation that waits needs less than the need at this position. */
  #from = 0

  /** All needs that will ever be taken away and given back, once for each operation. */
  constructor(needs: readonly number[]) {
    this.#needs = [...new Set(needs)].toSorted((a, b) => a - b)
    this.#positions = new Map(this.#needs.map((need, position) => [need, position]))
    this.#waiting = this.#needs.map(() => 0)
    for (const need of needs) this.giveBack(need)
  }

  /** Null, here and below, is the need of an operation that takes any revision. */
  takeAway(need: number | null): void {
    const position = this.#positionOf(need)
    if (position !== null) this.#waiting[position] = (this.#waiting[position] ?? 0) - 1
  }

  giveBack(need: number | null): void {
    const position = this.#positionOf(need)
    if (position === null) return
    this.#waiting[position] = (this.#waiting[position] ?? 0) + 1
    this.#from = Math.min(this.#from, position)
  }

  /** Infinity where nothing waits for a revision. */
  lowest(): number {
    while (this.#waiting[this.#from] === 0) this.#from += 1
    return this.#needs[this.#from] ?? Number.POSITIVE_INFINITY
  }

  #positionOf(need: number | null): number | null {
    return need === null ? null : (this.#positions.get(need) ?? null)
  }
}
