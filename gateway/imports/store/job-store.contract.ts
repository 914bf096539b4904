/** What every job store keeps to. */

import { describe } from 'vitest'
import { crashesContract } from './contract/crashes.contract.ts'
import { creatingContract } from './contract/creating.contract.ts'
import { forgettingContract } from './contract/forgetting.contract.ts'
import { leasesContract } from './contract/leases.contract.ts'
import type { Open } from './contract/opened.contract.ts'
import { recordingContract } from './contract/recording.contract.ts'
import { waitingContract } from './contract/waiting.contract.ts'

export type { Open, Opened } from './contract/opened.contract.ts'

/** `open` gives an empty store each time; stores may exist side by side. */
export function jobStoreContract(name: string, open: Open): void {
  describe(`${name}: making jobs`, () => creatingContract(open))
  describe(`${name}: the lease of a job`, () => leasesContract(open))
  describe(`${name}: recording`, () => recordingContract(open))
  describe(`${name}: forgetting`, () => forgettingContract(open))
  describe(`${name}: waiting`, () => waitingContract(open))
  describe(`${name}: workers that die anywhere`, () => crashesContract(open))
}
