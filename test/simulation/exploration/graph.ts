/** A graph whose nodes are numbered from 0, kept edge by edge, and who can reach whom in it. */

const FIRST_CAPACITY = 1 << 14

export class Graph {
  #edges = new Int32Array(FIRST_CAPACITY)
  #size = 0

  add(from: number, to: number): void {
    if (this.#size + 2 > this.#edges.length) {
      const edges = new Int32Array(this.#edges.length * 2)
      edges.set(this.#edges)
      this.#edges = edges
    }
    this.#edges[this.#size] = from
    this.#edges[this.#size + 1] = to
    this.#size += 2
  }

  /** For each of so many nodes 1 if it is an end or can reach one, 0 if not. Searches backward from the ends. */
  reaching(nodes: number, isEnd: (node: number) => boolean): Uint8Array {
    const { offsets, sources } = this.#backward(nodes)
    const reaching = new Uint8Array(nodes)
    const queue = new Int32Array(nodes)
    let queued = 0
    const reach = (node: number): void => {
      if (reaching[node] === 1) return
      reaching[node] = 1
      queue[queued] = node
      queued += 1
    }
    for (let node = 0; node < nodes; node += 1) if (isEnd(node)) reach(node)
    for (let taken = 0; taken < queued; taken += 1) {
      const node = queue[taken] ?? 0
      const end = offsets[node + 1] ?? 0
      for (let edge = offsets[node] ?? 0; edge < end; edge += 1) reach(sources[edge] ?? 0)
    }
    return reaching
  }

  /** The edges by where they lead to: those to `node` are from `offsets[node]` on. */
  #backward(nodes: number): { readonly offsets: Int32Array; readonly sources: Int32Array } {
    const offsets = new Int32Array(nodes + 2)
    for (let edge = 0; edge < this.#size; edge += 2) {
      const place = (this.#edges[edge + 1] ?? 0) + 2
      offsets[place] = (offsets[place] ?? 0) + 1
    }
    for (let node = 2; node < offsets.length; node += 1) offsets[node] = (offsets[node] ?? 0) + (offsets[node - 1] ?? 0)
    const sources = new Int32Array(this.#size / 2)
    for (let edge = 0; edge < this.#size; edge += 2) {
      const place = (this.#edges[edge + 1] ?? 0) + 1
      const next = offsets[place] ?? 0
      sources[next] = this.#edges[edge] ?? 0
      offsets[place] = next + 1
    }
    return { offsets, sources }
  }
}
