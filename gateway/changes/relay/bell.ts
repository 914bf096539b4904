/** A bell that nobody misses: who comes after it rang has heard it, and who waits hears it next. */

export interface Bell {
  ring(): void
  /** Forgets what rang until now. */
  hush(): void
  /** Resolves when it has rung since it was hushed, or when the signal is aborted. */
  heard(signal: AbortSignal): Promise<void>
}

export function createBell(): Bell {
  const listeners = new Set<() => void>()
  let hasRung = false
  return {
    ring() {
      hasRung = true
      for (const wake of listeners) wake()
    },
    hush() {
      hasRung = false
    },
    heard(signal) {
      if (hasRung || signal.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          listeners.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        listeners.add(wake)
        signal.addEventListener('abort', wake)
      })
    },
  }
}
