/**
 * Whether two stores keep the promise, judged by what their files hold. Every function answers with sentences about what
 * is wrong: none where nothing is.
 */

import { type Files, type Held, type HeldWrite, SYSTEMS, type System } from './outside.ts'

/** Ids of transactions that clients were told of. */
export interface Promises {
  readonly committed: readonly string[]
  /** Told to have had no effect. */
  readonly refused: readonly string[]
}

export function faultsIn(files: Files, { committed, refused }: Promises): readonly string[] {
  return [
    ...inDoubt(files),
    ...split(files),
    ...lost(files, committed),
    ...arisen(files, refused),
    ...unlike(files),
    ...SYSTEMS.flatMap((system) => miscounted(system, files[system])),
  ]
}

export function inDoubt(files: Files): readonly string[] {
  return SYSTEMS.flatMap((system) =>
    [...files[system].transactions.values()]
      .filter(({ state }) => state === 'PREPARED')
      .map(({ id }) => `${id} is still in doubt in the ${system}`),
  )
}

/** Committed in one system, and not in another that it concerns. */
export function split(files: Files): readonly string[] {
  return SYSTEMS.flatMap((system) =>
    [...files[system].transactions.values()]
      .filter(({ state }) => state === 'COMMITTED')
      .flatMap(({ id, participants }) =>
        SYSTEMS.filter((other) => participants.includes(other) && stateIn(files, other, id) !== 'COMMITTED').map(
          (other) => `${id} is COMMITTED in the ${system} and ${stateIn(files, other, id)} in the ${other}`,
        ),
      ),
  )
}

/** Acknowledged, and not in both systems. */
export function lost(files: Files, committed: readonly string[]): readonly string[] {
  return committed.flatMap((id) =>
    SYSTEMS.filter((system) => stateIn(files, system, id) !== 'COMMITTED').map(
      (system) => `${id} was acknowledged and is ${stateIn(files, system, id)} in the ${system}`,
    ),
  )
}

/** Said to be refused, and in a system all the same. */
export function arisen(files: Files, refused: readonly string[]): readonly string[] {
  return refused.flatMap((id) =>
    SYSTEMS.filter((system) => stateIn(files, system, id) === 'COMMITTED').map(
      (system) => `${id} was refused and is COMMITTED in the ${system}`,
    ),
  )
}

/** Customers that the systems do not hold alike, deleted ones included. */
export function unlike({ CRM, ERP }: Files): readonly string[] {
  const inCrm = recordsOf(CRM)
  const inErp = recordsOf(ERP)
  return [...new Set([...inCrm.keys(), ...inErp.keys()])]
    .filter((number) => inCrm.get(number) !== inErp.get(number))
    .map(
      (number) =>
        `customer ${number} is ${inCrm.get(number) ?? 'unknown'} in the CRM and ${inErp.get(number) ?? 'unknown'} in the ERP`,
    )
}

/** Customers whose committed writes do not count from one up to the revision that they are held at, each once. */
export function miscounted(system: System, held: Held): readonly string[] {
  const writes = Map.groupBy(committedWrites(held), ({ number }) => number)
  const records = new Map([...held.deleted, ...held.customers].map((record) => [record.number, record]))
  return [...new Set([...writes.keys(), ...records.keys()])].flatMap((number) => {
    const made = (writes.get(number) ?? []).toSorted((a, b) => a.revision - b.revision)
    const record = records.get(number)
    const isChain = made.every(({ base, revision }, n) => base === n && revision === n + 1)
    const isLast = record?.revision === made.length && record.transaction === made.at(-1)?.transaction
    if (isChain && isLast) return []
    const counted = made.map(({ base, revision }) => `${base}→${revision}`).join(', ')
    return [`customer ${number} is at revision ${record?.revision ?? 'none'} in the ${system} after writes ${counted}`]
  })
}

function committedWrites({ transactions }: Held): readonly (HeldWrite & { readonly transaction: string })[] {
  return [...transactions.values()]
    .filter(({ state }) => state === 'COMMITTED')
    .flatMap(({ id, writes }) => writes.map((write) => ({ ...write, transaction: id })))
}

function recordsOf({ customers, deleted }: Held): ReadonlyMap<string, string> {
  const gone = deleted.map((tombstone): [string, string] => [tombstone.number, `deleted ${JSON.stringify(tombstone)}`])
  return new Map([
    ...gone,
    ...customers.map((customer): [string, string] => [customer.number, JSON.stringify(customer)]),
  ])
}

function stateIn(files: Files, system: System, id: string): string {
  return files[system].transactions.get(id)?.state ?? 'absent'
}
