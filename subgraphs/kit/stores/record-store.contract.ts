/**
 * The contract of the record store port. Every adapter runs it on the small system of `contract/system.contract.ts`;
 * nothing in it knows where or how an adapter keeps its records.
 */

import { describe } from 'vitest'
import { batchesContract } from './contract/batches.contract.ts'
import { computedContract } from './contract/computed.contract.ts'
import { locksContract } from './contract/locks.contract.ts'
import type { Open } from './contract/opened.contract.ts'
import { outboxContract } from './contract/outbox.contract.ts'
import { outcomesContract } from './contract/outcomes.contract.ts'
import { partsContract } from './contract/parts.contract.ts'
import { queriesContract } from './contract/queries.contract.ts'
import { recordsContract } from './contract/records.contract.ts'
import { referencesContract } from './contract/references.contract.ts'
import { serviceContract } from './contract/service.contract.ts'

export type { Open, Opened } from './contract/opened.contract.ts'

/** `open` gives an empty store of the contract's system each time; stores may exist side by side. */
export function recordStoreContract(name: string, open: Open): void {
  describe(`${name}: outcomes of transactions`, () => outcomesContract(open))
  describe(`${name}: batches`, () => batchesContract(open))
  describe(`${name}: outbox`, () => outboxContract(open))
  describe(`${name}: locks`, () => locksContract(open))
  describe(`${name}: records`, () => recordsContract(open))
  describe(`${name}: references`, () => referencesContract(open))
  describe(`${name}: parts`, () => partsContract(open))
  describe(`${name}: computed columns`, () => computedContract(open))
  describe(`${name}: queries`, () => queriesContract(open))
  describe(`${name}: service`, () => serviceContract(open))
}
