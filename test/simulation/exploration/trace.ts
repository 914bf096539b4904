/** A way through the states as numbered lines, for people. */

import type { Space } from './space.ts'
import { visitSuccessors } from './successors.ts'
import type { Taken } from './taken.ts'
import { Words } from './words.ts'

/** `way` holds the states as they were found, their resolvers in order; the first is the start. */
export function trace(space: Space, way: readonly Int32Array[], property: string): readonly string[] {
  const words = new Words(space)
  const lines = [...words.start()]
  let state = space.start()
  for (const target of way.slice(1)) {
    const { to, taken } = stepTo(space, state, target)
    lines.push(words.step(state, to, taken.action))
    state = to
  }
  lines.push(`Broken: ${property}. ${words.whole(state)}`)
  return lines.map((line, index) => `${index + 1}. ${line}`)
}

/** The same step, but with every resolver in its own place, so that it can be told from the other. */
function stepTo(
  space: Space,
  state: Int32Array,
  target: Int32Array,
): { readonly to: Int32Array; readonly taken: Taken } {
  const found: { readonly to: Int32Array; readonly taken: Taken }[] = []
  visitSuccessors(space, state, (to, taken) => {
    const ordered = to.slice()
    space.order(ordered)
    if (ordered.every((word, index) => word === target[index])) found.push({ to: to.slice(), taken })
  })
  const step = found.find(({ taken }) => taken.fault !== null) ?? found[0]
  if (step === undefined) throw new Error('a state was found on a way that does not lead to it')
  return step
}
