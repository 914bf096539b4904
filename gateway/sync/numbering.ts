/** Completes keys that nobody gave with numbers of the maps' sequences, which neither system has a record of. */

import { foldKey } from '../../maps/identity.ts'
import type { TableMap } from '../../maps/model.ts'
import { formatNumber } from '../../maps/sequence.ts'
import type { Participant } from '../../schema/participant.ts'
import { SYSTEMS, type System } from '../../schema/record.ts'
import { recordKey } from '../../schema/record-key.ts'
import { canonical } from '../../schema/value.ts'
import { Facts } from './facts.ts'
import { isComplete, type Key } from './key.ts'
import type { Sequences } from './sequences.ts'

export interface Numbered {
  readonly map: TableMap
  readonly key: Key
}

export interface Numbering {
  /** The keys in the order asked; one that no sequence can complete stays as it is. A dry run takes no number. */
  complete(records: readonly Numbered[], dryRun: boolean): Promise<readonly Key[]>
}

/** Numbers tried before a sequence is given up: so many records with numbers of its own pattern were made by hand. */
const OCCUPIED_NUMBERS_MAX = 10_000

/** Keys that one sequence completes, by their place among all that were asked. */
interface Run {
  readonly map: TableMap
  readonly key: Key
  readonly at: number
  readonly pattern: string
  readonly sequence: string
  readonly places: number[]
}

export function createNumbering(participants: ReadonlyMap<System, Participant>, sequences: Sequences): Numbering {
  /** Sequences are begun for companies that exist, so that a wrong input leaves no counter behind. */
  async function hasCompany(map: TableMap, key: Key): Promise<boolean> {
    const company = map.scope === 'company' ? map.key[0] : undefined
    const column = company === undefined ? undefined : map.sides[map.reads].table.columns[company.columns[map.reads]]
    const table = column?.references[0]?.table
    if (column === undefined || table === undefined) return true
    const form = canonical(column, key[0] ?? null)
    if (!form.ok || form.value === null) return false
    const ref = { table, key: recordKey([form.value]) }
    const facts = new Facts(participants)
    await facts.readNative(map.reads, [ref])
    return facts.state(map.reads, ref).row !== null
  }

  async function drawFree({ map, key, at, pattern, sequence, places }: Run, dryRun: boolean): Promise<readonly Key[]> {
    const free: Key[] = []
    let next = dryRun ? (sequences.peek(map.reads, sequence) ?? 1) : 0
    for (let tried = 0; tried < OCCUPIED_NUMBERS_MAX + places.length && free.length < places.length; ) {
      const wanted = places.length - free.length
      const numbers = dryRun
        ? Array.from({ length: wanted }, (_, index) => next + index)
        : await sequences.draw(map.reads, sequence, wanted)
      next += wanted
      tried += wanted
      const keys = numbers.map((number) => foldKey(map, key.with(at, formatNumber(pattern, number)).map(String)))
      free.push(...(await freeAmong(map, keys)))
    }
    return free
  }

  async function freeAmong(map: TableMap, keys: readonly Key[]): Promise<readonly Key[]> {
    const facts = new Facts(participants)
    await facts.read(keys.map((key) => ({ map, key })))
    return keys.filter((key) => SYSTEMS.every((system) => facts.states(map, key)[system].row === null))
  }

  return {
    async complete(records, dryRun) {
      const keys = records.map(({ key }) => key)
      for (const run of runsOf(records)) {
        if (!(await hasCompany(run.map, run.key))) continue
        const drawn = await drawFree(run, dryRun)
        for (const [index, place] of run.places.entries()) keys[place] = drawn[index] ?? run.key
      }
      return keys
    },
  }
}

function runsOf(records: readonly Numbered[]): readonly Run[] {
  const runs = new Map<string, Run>()
  for (const [place, { map, key }] of records.entries()) {
    if (isComplete(key)) continue
    const at = map.key.findIndex((field, position) => field.sequence !== null && key[position] === null)
    const field = map.key[at]
    const pattern = field?.sequence ?? null
    if (field === undefined || pattern === null || key.some((part, position) => part === null && position !== at))
      continue
    const sequence = [map.name, field.name, ...key.filter((part) => part !== null)].join('/')
    const run = runs.get(sequence) ?? { map, key, at, pattern, sequence, places: [] }
    run.places.push(place)
    runs.set(sequence, run)
  }
  return [...runs.values()]
}
