/** The members of a batch that are in it, and those that are left out. */

import type { Write } from './participant.ts'

/** The writes of those that are in it. */
export function withoutMembers<W extends Pick<Write, 'member'>>(
  writes: readonly W[],
  leftOut: readonly number[],
): readonly W[] {
  if (leftOut.length === 0) return writes
  const members = new Set(leftOut)
  return writes.filter(({ member = 0 }) => !members.has(member))
}

/** Whether every one of some members is among all of them. */
export function isWithin(some: readonly number[], all: readonly number[]): boolean {
  if (some.length === 0) return true
  const members = new Set(all)
  return some.every((member) => members.has(member))
}
