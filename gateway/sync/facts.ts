/** What both systems hold of the records that a plan is about: read once for each attempt, many at a time. */

import { entityKeyOfRow } from '../../maps/identity.ts'
import type { TableMap } from '../../maps/model.ts'
import type { Participant, Selection } from '../../schema/participant.ts'
import {
  type RecordKey,
  type RecordRef,
  type RecordState,
  type Row,
  SYSTEMS,
  type System,
} from '../../schema/record.ts'
import { type Key, keyOfRecord, keyOfWhole, keysOf, nameOf } from './key.ts'
import type { Found } from './match.ts'
import type { RecordSubject, SideStates } from './record-draft.ts'
import { askSystem } from './silence.ts'

/** A whole whose parts are wanted. */
export interface WantedParts {
  readonly part: TableMap
  readonly whole: Key
}

/** A record that is wanted by what columns of it hold, in each system that is to be asked. */
export interface WantedRecord {
  readonly map: TableMap
  readonly where: Partial<Readonly<Record<System, Row>>>
}

export class Facts {
  readonly #participants: ReadonlyMap<System, Participant>
  readonly #states = new Map<string, RecordState>()
  readonly #parts = new Map<string, Set<string>>()

  constructor(participants: ReadonlyMap<System, Participant>) {
    this.#participants = participants
  }

  /** Reads what is not known yet of these records, in one call to each system. */
  async read(records: readonly { readonly map: TableMap; readonly key: Key }[]): Promise<void> {
    await Promise.all(
      SYSTEMS.map((system) =>
        this.readNative(
          system,
          records.map(({ map, key }) => ({ table: map.sides[system].table.table, key: keysOf(map, key)[system] })),
        ),
      ),
    )
  }

  async readNative(system: System, refs: readonly RecordRef[]): Promise<void> {
    const missing = new Map(refs.map((ref) => [stateName(system, ref), ref]))
    for (const name of missing.keys()) if (this.#states.has(name)) missing.delete(name)
    if (missing.size === 0) return
    const states = await askSystem(this.#participants, system, (participant) => participant.read([...missing.values()]))
    for (const [index, name] of [...missing.keys()].entries()) {
      const state = states[index]
      if (state === undefined) throw new TypeError('a read was not answered')
      this.#states.set(name, state)
    }
  }

  /** For each the records that hold what is wanted, in one call to each system. */
  async find(wanted: readonly WantedRecord[]): Promise<readonly (readonly Found[])[]> {
    const inSystems = await Promise.all(SYSTEMS.map((system) => this.#findIn(system, wanted)))
    return wanted.map((one) => inSystems.flatMap((found) => found.get(one) ?? []))
  }

  async #findIn(system: System, wanted: readonly WantedRecord[]): Promise<ReadonlyMap<WantedRecord, readonly Found[]>> {
    const asked = wanted.flatMap((one) => {
      const where = one.where[system]
      return where === undefined ? [] : [{ one, selection: { table: one.map.sides[system].table.table, where } }]
    })
    if (asked.length === 0) return new Map()
    const selections = asked.map(({ selection }) => selection)
    const answers = await askSystem(this.#participants, system, (participant) => participant.select(selections))
    return new Map(
      asked.map(({ one, selection: { table } }, index) => {
        const found = (answers[index] ?? []).map(({ key, state }): Found => {
          this.#states.set(stateName(system, { table, key }), state)
          const isHeld = state.row !== null && one.map.sides[system].holds(state.row)
          return { system, key: keyOfRecord(one.map, system, key), isHeld }
        })
        return [one, found]
      }),
    )
  }

  /** Finds the parts of these wholes, and what both systems hold of them. */
  async readParts(wanted: readonly WantedParts[]): Promise<void> {
    if (wanted.length === 0) return
    await Promise.all(SYSTEMS.map((system) => this.#selectParts(system, wanted)))
  }

  async #selectParts(system: System, wanted: readonly WantedParts[]): Promise<void> {
    const selections = wanted.map(({ part, whole }) => partsSelection(part, system, whole))
    const found = await askSystem(this.#participants, system, (participant) => participant.select(selections))
    for (const [index, { part, whole }] of wanted.entries()) {
      const name = partsName(part, whole)
      const numbers = this.#parts.get(name) ?? new Set()
      this.#parts.set(name, numbers)
      for (const { key, state } of found[index] ?? []) {
        this.#states.set(stateName(system, { table: part.sides[system].table.table, key }), state)
        const number = state.row === null ? undefined : entityKeyOfRow(part, system, state.row)?.at(-1)
        if (number !== undefined) numbers.add(number)
      }
    }
  }

  /** Own key values of the parts that either system holds. They must have been read. */
  partNumbers(part: TableMap, whole: Key): readonly string[] {
    return [...(this.#parts.get(partsName(part, whole)) ?? [])]
  }

  /** Throws a TypeError for a record that was not read. */
  state(system: System, ref: RecordRef): RecordState {
    const state = this.#states.get(stateName(system, ref))
    if (state === undefined) throw new TypeError(`${ref.table} ${ref.key} was not read`)
    return state
  }

  states(map: TableMap, key: Key): SideStates {
    const keys = keysOf(map, key)
    const stateIn = (system: System) => this.state(system, { table: map.sides[system].table.table, key: keys[system] })
    return { CRM: stateIn('CRM'), ERP: stateIn('ERP') }
  }

  subject({ map, key, at }: Pick<RecordSubject, 'map' | 'key' | 'at'>): RecordSubject {
    return { map, key, keys: keysOf(map, key), states: this.states(map, key), at }
  }
}

function stateName(system: System, { table, key }: { readonly table: string; readonly key: RecordKey }): string {
  return `${system} ${table} ${key}`
}

function partsName(part: TableMap, whole: Key): string {
  return nameOf(part, whole)
}

function partsSelection(part: TableMap, system: System, whole: Key): Selection {
  const wholeFields = keyOfWhole(part.key.map(({ columns }) => columns[system]))
  const where: Row = Object.fromEntries(wholeFields.map((column, at) => [column ?? '', whole[at] ?? null]))
  return { table: part.sides[system].table.table, where }
}
