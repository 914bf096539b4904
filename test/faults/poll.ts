/** Waits for a condition, looking again and again; false where it does not hold within the time. */

import { setTimeout as pause } from 'node:timers/promises'

const EVERY_MS = 10

export async function until(condition: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > deadline) return false
    await pause(EVERY_MS)
  }
  return true
}
