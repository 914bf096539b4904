/**
 * The contract of the change stream port. Every adapter runs it; nothing in it knows where or how an adapter keeps its
 * entries, how many processes there are, or what time it is.
 */

import { describe } from 'vitest'
import { appendsContract } from './contract/appends.contract.ts'
import { leasesContract } from './contract/leases.contract.ts'
import type { Open } from './contract/opened.contract.ts'
import { readingContract } from './contract/reading.contract.ts'
import { retentionContract } from './contract/retention.contract.ts'
import { waitingContract } from './contract/waiting.contract.ts'

export type { Open, Opened } from './contract/opened.contract.ts'

/** `open` gives an empty stream each time; streams may exist side by side. */
export function changeStreamContract(name: string, open: Open): void {
  describe(`${name}: the lease`, () => leasesContract(open))
  describe(`${name}: appending`, () => appendsContract(open))
  describe(`${name}: reading`, () => readingContract(open))
  describe(`${name}: retention`, () => retentionContract(open))
  describe(`${name}: waiting`, () => waitingContract(open))
}
