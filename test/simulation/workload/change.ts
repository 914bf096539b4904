/** What clients of a simulated world ask for, and the writes that follow from it and from the records as they are read. */

import type { Write } from '../../../schema/participant.ts'
import type { RecordRef, RecordState, Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { TableName } from '../cluster/tables.ts'

export type Change =
  /** A register's value, or its end; makes it where it is not there. `isCareful` gives the revision last seen. */
  | { readonly change: 'SET'; readonly key: string; readonly value: string | null; readonly isCareful: boolean }
  | { readonly change: 'READ'; readonly key: string }
  | { readonly change: 'TRANSFER'; readonly from: string; readonly to: string; readonly amount: number }
  /** A name that nobody else may have, of a customer that must be there. */
  | { readonly change: 'NAME'; readonly key: string; readonly name: string | null; readonly owner: string | null }
  | { readonly change: 'CUSTOMER'; readonly key: string; readonly limit: number | null }
  /** An order with its lines' amounts; what the order had before is replaced. */
  | {
      readonly change: 'ORDER'
      readonly key: string
      readonly customer: string
      readonly lines: readonly number[] | null
    }
  /** Every hot record as it is to be when all is over: needs every lock there is. */
  | { readonly change: 'PROBE' }
  /** Changes that stand and fall each for itself. */
  | BatchChange
  /** A column of one system alone. */
  | { readonly change: 'NOTE'; readonly key: string; readonly note: string }

export type Writing = Exclude<Change, { change: 'READ' | 'BATCH' }>
export type MemberChange = Exclude<Writing, { change: 'PROBE' | 'NOTE' }>

export interface BatchChange {
  readonly change: 'BATCH'
  readonly members: readonly MemberChange[]
}

/** Records that clients meet at, by table. */
export const HOT = { registers: 2, accounts: 3, names: 3, customers: 2, orders: 3 } as const
export const OPENING_VALUE = 'opening'

const LINE_NUMBERS = ['1', '2', '3']
const OPENING_BALANCE = 100
const LIMIT_MAX = 1_000
/** Whoever holds one of the names that are drawn gives it up, for another record to take it. */
const PROBED_NAMES: Readonly<Record<string, string>> = { n0: 'name 0', n1: 'name 1' }

/** How a record is to be; a null row: not at all. */
interface Wish extends RecordRef {
  readonly row: Row | null
}

const ref = (table: TableName, ...key: readonly string[]): RecordRef => ({ table, key: recordKey(key) })

/** The records that a change is about, in one order. */
export function refsOf(change: Writing): readonly RecordRef[] {
  switch (change.change) {
    case 'SET':
    case 'NOTE':
      return [ref('registers', change.key)]
    case 'TRANSFER':
      return [ref('accounts', change.from), ref('accounts', change.to)]
    case 'NAME':
      return [ref('names', change.key)]
    case 'CUSTOMER':
      return [ref('customers', change.key)]
    case 'ORDER':
      return [ref('orders', change.key), ...LINE_NUMBERS.map((line) => ref('lines', change.key, line))]
    case 'PROBE':
      return [
        ...numbered('registers').map((number) => ref('registers', number)),
        ...numbered('accounts').map((number) => ref('accounts', number)),
        ...numbered('names').map((number) => ref('names', number)),
        ...numbered('customers').map((number) => ref('customers', number)),
        ...numbered('orders').flatMap((number) => refsOf({ change: 'ORDER', key: number, customer: '', lines: null })),
      ]
  }
}

/**
 * Each system's writes for the records of `refsOf`, given for each system their states there, in that order; what is to
 * become of them is decided by the first. No writes at all: there is nothing to change.
 */
export function writesOf(change: Writing, states: readonly (readonly RecordState[])[]): readonly (readonly Write[])[] {
  const refs = refsOf(change)
  const [leading = []] = states
  if (change.change === 'NOTE') return [noteWrite(refs, leading, change.note)]
  const written = wishesOf(change, refs, leading).map((wish, index) =>
    recordWrites(
      wish,
      states.flatMap((read) => read[index] ?? []),
    ),
  )
  return states.map((_, system) => written.flatMap((writes) => writes[system] ?? []))
}

/** Everything that is there when a world begins. */
export function openingWrites(): readonly Write[] {
  const create = (table: TableName, row: Row) => (number: string) => ({
    ...({ operation: 'CREATE', ...ref(table, number), set: { number, ...row } } as const),
    ...{ base: { revision: 0, transaction: null }, revision: 1 },
  })
  return [
    ...numbered('registers').map(create('registers', { value: OPENING_VALUE })),
    ...numbered('accounts').map(create('accounts', { balance: OPENING_BALANCE })),
    ...numbered('customers').map(create('customers', { limit: 100 })),
  ]
}

/** Numbers of the hot records of a table: `r0`, `r1`, … */
function numbered(table: keyof typeof HOT): readonly string[] {
  return Array.from({ length: HOT[table] }, (_, index) => `${table.slice(0, 1)}${index}`)
}

function wishesOf(
  change: Exclude<Writing, { change: 'NOTE' }>,
  refs: readonly RecordRef[],
  states: readonly RecordState[],
): readonly Wish[] {
  const wish = (index: number, row: Row | null): readonly Wish[] => {
    const found = refs[index]
    return found === undefined ? [] : [{ ...found, row }]
  }
  switch (change.change) {
    case 'SET':
      return wish(0, change.value === null ? null : { number: change.key, value: change.value })
    case 'TRANSFER':
      return [-change.amount, change.amount].flatMap((by, index) => {
        const row = states[index]?.row ?? null
        return wish(index, row === null ? null : { ...row, balance: Number(row['balance']) + by })
      })
    case 'NAME':
      return wish(0, change.name === null ? null : { number: change.key, name: change.name, owner: change.owner })
    case 'CUSTOMER':
      return wish(0, change.limit === null ? null : { number: change.key, limit: change.limit })
    case 'ORDER': {
      const { key, customer, lines } = change
      const amount = (lines ?? []).reduce((sum, line) => sum + line, 0)
      return [
        ...wish(0, lines === null ? null : { number: key, customer, amount }),
        ...LINE_NUMBERS.flatMap((line, index) => {
          const given = lines?.[index]
          return wish(index + 1, given === undefined ? null : { order: key, line, amount: given })
        }),
      ]
    }
    case 'PROBE':
      return probeWishes(refs, states)
  }
}

/** The richest account gives each of the others 1; every other record is there, with what it surely did not hold before. */
function probeWishes(refs: readonly RecordRef[], states: readonly RecordState[]): readonly Wish[] {
  const balances = refs.flatMap(({ table }, index) =>
    table === 'accounts' ? [Number(states[index]?.row?.['balance'] ?? 0)] : [],
  )
  const richest = `a${balances.indexOf(Math.max(...balances))}`
  return refs.map((at, index): Wish => {
    const before = states[index]?.row ?? null
    const [number = ''] = JSON.parse(at.key) as readonly string[]
    switch (at.table) {
      case 'registers':
        return { ...at, row: { number, value: 'probed' } }
      case 'accounts': {
        const change = number === richest ? 1 - balances.length : 1
        return { ...at, row: { number, balance: Number(before?.['balance'] ?? 0) + change } }
      }
      case 'names':
        return { ...at, row: { number, name: PROBED_NAMES[number] ?? number, owner: null } }
      case 'customers':
        return { ...at, row: { number, limit: LIMIT_MAX } }
      case 'orders':
        return { ...at, row: { number, customer: before?.['customer'] ?? 'c0', amount: 0 } }
      default:
        return { ...at, row: null }
    }
  })
}

/** A write in each system, where any of them has anything to write. */
function recordWrites({ table, key, row }: Wish, states: readonly RecordState[]): readonly Write[] {
  const revision = Math.max(...states.map(({ version }) => version.revision)) + 1
  if (row === null && states.every((state) => state.row === null)) return []
  const writes = states.map((state): Write => {
    const at = { table, key, base: state.version }
    if (row === null) {
      const { revision: standing } = state.version
      return state.row === null
        ? { operation: 'CHECK', ...at, revision: standing }
        : { operation: 'DELETE', ...at, revision }
    }
    if (state.row === null) return { operation: 'CREATE', ...at, revision, set: row }
    const before = state.row
    const changed = Object.entries(row).filter(([column, value]) => before[column] !== value)
    return { operation: 'UPDATE', ...at, revision, set: Object.fromEntries(changed) }
  })
  const changesNothing = (write: Write) => write.operation === 'UPDATE' && Object.keys(write.set).length === 0
  return writes.every(changesNothing) ? [] : writes
}

function noteWrite([register]: readonly RecordRef[], [state]: readonly RecordState[], note: string): readonly Write[] {
  if (register === undefined || state?.row === undefined || state.row === null) return []
  const { version, localVersion } = state
  return [
    {
      ...{ operation: 'UPDATE', ...register, set: { note } },
      ...{ base: version, localBase: localVersion, revision: version.revision },
    },
  ]
}
