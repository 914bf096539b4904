/**
 * Who may send next: so many batches at once over all jobs. Whoever asks is served in the order of asking, and a job asks
 * for one turn at a time, so that jobs come one after another, however large they are.
 */

export interface Turn {
  isMine(): boolean
  /** Gives it back, or no longer asks for it. May be called again. */
  leave(): void
}

export interface Turns {
  /** `onMine` is called once when it becomes the asker's turn, but not where it is so at once. */
  ask(onMine: () => void): Turn
}

interface Asking {
  state: 'WAITING' | 'MINE' | 'OVER'
  readonly onMine: () => void
}

export function createTurns(atOnceMax: number): Turns {
  const asking = new Set<Asking>()
  const serve = (): void => {
    for (const one of [...asking].slice(0, atOnceMax)) {
      if (one.state !== 'WAITING') continue
      one.state = 'MINE'
      one.onMine()
    }
  }
  return {
    ask(onMine) {
      const one: Asking = { state: asking.size < atOnceMax ? 'MINE' : 'WAITING', onMine }
      asking.add(one)
      return {
        isMine: () => one.state === 'MINE',
        leave() {
          if (one.state === 'OVER') return
          one.state = 'OVER'
          asking.delete(one)
          serve()
        },
      }
    },
  }
}
