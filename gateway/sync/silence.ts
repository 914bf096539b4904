/** Questions to a system while a write is planned: where it does not answer, nothing was begun. */

import type { Participant, Violation } from '../../schema/participant.ts'
import type { System } from '../../schema/record.ts'
import { refusal } from './refusal.ts'

export class SystemSilent extends Error {
  readonly violation: Violation

  constructor(system: System, cause: unknown) {
    super(`the ${system} does not answer`, { cause })
    this.violation = {
      ...refusal('SYSTEM_UNAVAILABLE', `The ${system} does not answer; nothing was written`, [], { system }),
      retryable: true,
    }
  }
}

/** Rejects with SystemSilent where there is no answer. */
export async function askSystem<Answer, Asked = Participant>(
  participants: ReadonlyMap<System, Asked>,
  system: System,
  ask: (participant: Asked) => Promise<Answer>,
): Promise<Answer> {
  const participant = participants.get(system)
  if (participant === undefined) throw new TypeError(`no participant for ${system}`)
  return ask(participant).catch((error: unknown) => {
    throw new SystemSilent(system, error)
  })
}
