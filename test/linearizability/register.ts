/**
 * What every record is checked against: a register that holds a value or none, and counts the writes to it. A delete
 * counts as well, and a record that is created again goes on counting where the deleted one stopped.
 */

export interface Register {
  /** Null: there is no record. */
  readonly value: string | null
  readonly revision: number
}

export const EMPTY: Register = { value: null, revision: 0 }

export type Action =
  | { readonly act: 'READ' }
  | { readonly act: 'CREATE'; readonly value: string }
  /** `expected`: the write is to be refused at any other revision; null: at none. */
  | { readonly act: 'UPDATE'; readonly value: string; readonly expected: number | null }
  | { readonly act: 'DELETE'; readonly expected: number | null }
  /** Creates or updates, as is needed. */
  | { readonly act: 'PUT'; readonly value: string; readonly expected: number | null }

/** What an answer says of the register as the operation left it; null stands for what it does not say. */
export interface Seen {
  readonly value: string | null
  readonly revision: number | null
}

/**
 * The register after the operation, null where it cannot take effect on this one. `seen` is what its answer said, null
 * where it was never answered.
 */
export function step(register: Register, action: Action, seen: Seen | null): Register | null {
  const after = effect(register, action)
  if (after === null || seen === null) return after
  if (action.act === 'READ' && seen.value !== after.value) return null
  return seen.revision === null || seen.revision === after.revision ? after : null
}

function effect({ value, revision }: Register, action: Action): Register | null {
  switch (action.act) {
    case 'READ':
      return { value, revision }
    case 'CREATE':
      return value === null ? { value: action.value, revision: revision + 1 } : null
    case 'UPDATE':
      if (value === null || !isExpected(action.expected, revision)) return null
      return { value: action.value, revision: revision + 1 }
    case 'DELETE':
      if (value === null || !isExpected(action.expected, revision)) return null
      return { value: null, revision: revision + 1 }
    case 'PUT':
      return isExpected(action.expected, revision) ? { value: action.value, revision: revision + 1 } : null
    default:
      return action satisfies never
  }
}

function isExpected(expected: number | null, revision: number): boolean {
  return expected === null || expected === revision
}

/** The only revision at which the operation can take effect, given its answer; null where the answer does not tell. */
export function revisionBefore(action: Action, seen: Seen): number | null {
  if (seen.revision === null) return null
  return action.act === 'READ' ? seen.revision : seen.revision - 1
}
