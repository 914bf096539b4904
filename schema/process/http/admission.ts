/**
 * Decides which GraphQL requests are let in: none while the process starts or drains, and never more at once than the
 * limit. Whoever is let in is counted until the answer has left.
 */

export type Phase = 'STARTING' | 'OPEN' | 'DRAINING'

export type Refusal = 'STARTING' | 'DRAINING' | 'OVERLOADED'

export interface Admission {
  phase(): Phase
  /** Lets requests in, once the process is ready. */
  open(): void
  /** Null: admitted, and `leave` must be called once. */
  enter(): Refusal | null
  leave(): void
  /** Lets nobody in any more; resolves when the last who was admitted has left. May be called twice. */
  drain(): Promise<void>
}

export function createAdmission(inFlightMax: number): Admission {
  let phase: Phase = 'STARTING'
  let inFlight = 0
  const emptied = Promise.withResolvers<void>()
  const settle = () => {
    if (phase === 'DRAINING' && inFlight === 0) emptied.resolve()
  }

  return {
    phase: () => phase,
    open: () => {
      if (phase === 'STARTING') phase = 'OPEN'
    },
    enter: () => {
      if (phase !== 'OPEN') return phase
      if (inFlight >= inFlightMax) return 'OVERLOADED'
      inFlight += 1
      return null
    },
    leave: () => {
      inFlight -= 1
      settle()
    },
    drain: () => {
      phase = 'DRAINING'
      settle()
      return emptied.promise
    },
  }
}
