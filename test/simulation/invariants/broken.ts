/** A promise of the protocol that was not kept. */
export interface Broken {
  /** In the words of the protocol. */
  readonly invariant: Invariant
  readonly detail: string
}

export const INVARIANTS = {
  split: 'no transaction is committed in one system and not in the other',
  moves: 'a row of a transaction only moves from nothing, and from PREPARED to its end',
  promised: 'what a system answers is forced before',
  acknowledged: 'what a caller was told to be committed is committed, in every system, for good',
  refused: 'what was refused is never applied',
  members: 'a batch commits the same members in both systems: those that no system refuses',
  once: 'nothing is applied twice',
  order: 'every record goes through the same versions in the same order in both systems',
  exact: 'a commit applies what was prepared, whole, and nothing else',
  contradiction: 'no coordinator is told what cannot be',
  rules: 'what rules and constraints forbid is in no system',
  sum: 'transfers leave the sum as it is',
  end: 'once faults stop, every transaction and every request comes to an end',
  locks: 'locks end with their transactions',
  equal: 'in the end both systems hold the same records at the same revisions',
  linearizable: 'readers and writers of a record see one register',
} as const

export type Invariant = keyof typeof INVARIANTS

/** Takes the first. */
export type Report = (invariant: Invariant, detail: string) => void

export function describe({ invariant, detail }: Broken): string {
  return `broken: ${INVARIANTS[invariant]}\n  ${detail}`
}
