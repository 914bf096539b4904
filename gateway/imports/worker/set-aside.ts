/**
 * Rows of one source that mean the same record: which of them are not written. A million of them take some 50 MB while
 * they are looked for, and a bit each afterwards.
 */

import { hash } from 'node:crypto'
import type { FailureReason } from '../failures/failed-row.ts'
import type { JobDefinition } from '../job/definition.ts'

/** Rows that are not written, because another row of the source means the same record. */
export interface SetAside {
  has(row: number): boolean
  /** Why they fail; null where they are left out for the sake of another. */
  readonly reason: FailureReason | null
}

export interface Duplicates extends Pick<SetAside, 'has'> {
  /** Rows in their order; `record` names what the row means. */
  add(row: number, record: string): void
}

const SLOTS_FIRST = 1 << 10
/** Three words of a digest, so that no two records of a file ever seem one, and a row. */
const WORDS = 4
const DIGEST_WORDS = 3

/** FAIL sets all of them aside, and the others all but one. */
export function createDuplicates(rule: JobDefinition['duplicates']): Duplicates {
  const aside = createBits()
  let table = new Uint32Array(SLOTS_FIRST * WORDS)
  let records = 0

  const grow = (): void => {
    const before = table
    table = new Uint32Array(before.length * 2)
    for (let at = 0; at < before.length; at += WORDS) {
      if (before[at + DIGEST_WORDS] !== 0)
        table.set(before.subarray(at, at + WORDS), slotOf(table, before.subarray(at)))
    }
  }

  return {
    has: aside.has,
    add(row, record) {
      if ((records + 1) * WORDS * 2 > table.length) grow()
      const digest = digestOf(record)
      const slot = slotOf(table, digest)
      const other = table[slot + DIGEST_WORDS] ?? 0
      if (other === 0) {
        table.set(digest, slot)
        table[slot + DIGEST_WORDS] = row
        records += 1
        return
      }
      if (rule !== 'FIRST_WINS') aside.add(other)
      if (rule !== 'LAST_WINS') aside.add(row)
      else table[slot + DIGEST_WORDS] = row
    },
  }
}

function digestOf(record: string): Uint32Array {
  const bytes = hash('sha256', record, 'buffer')
  return Uint32Array.from({ length: DIGEST_WORDS }, (_, word) => bytes.readUInt32LE(word * 4))
}

/** Where the digest is, or would be put. */
function slotOf(table: Uint32Array, digest: Uint32Array): number {
  let at = ((digest[0] ?? 0) % (table.length / WORDS)) * WORDS
  while (table[at + DIGEST_WORDS] !== 0 && !isAt(table, at, digest)) at = (at + WORDS) % table.length
  return at
}

function isAt(table: Uint32Array, at: number, digest: Uint32Array): boolean {
  for (let word = 0; word < DIGEST_WORDS; word += 1) if (table[at + word] !== digest[word]) return false
  return true
}

function createBits() {
  let bytes = new Uint8Array(SLOTS_FIRST)
  return {
    has: (index: number) => ((bytes[index >> 3] ?? 0) & (1 << (index & 7))) !== 0,
    add(index: number) {
      if (index >> 3 >= bytes.length) {
        const before = bytes
        bytes = new Uint8Array(Math.max(before.length * 2, (index >> 3) + 1))
        bytes.set(before)
      }
      bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7))
    },
  }
}
