/** What an append does: all of it, exactly once, in the one state that it was made for. */

import { SYSTEMS } from '../../../schema/record.ts'
import { alive, isHeld } from './lease.ts'
import type { Append, AppendAnswer, Reach, RelayState } from './stream.ts'

export type AppendStep = Pick<Append, 'lease' | 'version' | 'progress'>

/** The answer; the changes are to be added where it is APPENDED, together with its state. */
export function decideAppend(state: RelayState, { lease, version, progress }: AppendStep): AppendAnswer {
  if (!isHeld(state, lease)) return { append: 'FENCED', state }
  if (version !== state.version) return { append: 'OUTDATED', state }
  return { append: 'APPENDED', state: { ...alive(state), version: version + 1, progress } }
}

/** Throws a RangeError unless the numbers are whole and the spans ascend and are apart. */
export function assertWhole({ version, progress, now }: Append): void {
  if (![version, now].every(Number.isSafeInteger) || version < 0) {
    throw new RangeError(`No append goes on from version ${version} at ${now}`)
  }
  for (const system of SYSTEMS) assertReach(progress[system])
}

function assertReach({ through, ahead }: Reach): void {
  if (!Number.isSafeInteger(through) || through < 0) throw new RangeError(`No commit has the sequence ${through}`)
  let end = through
  for (const [first, last] of ahead) {
    if (![first, last].every(Number.isSafeInteger) || first <= end + 1 || last < first) {
      throw new RangeError(`The span from ${first} to ${last} is not ahead of ${end}`)
    }
    end = last
  }
}
