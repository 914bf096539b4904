/**
 * From what is asked of wholes to the intents of all their records: numbers for new parts, and what becomes of those that
 * are there. Operations on one whole follow each other: a later one sees the parts that an earlier one leaves. Pure.
 */

import type { TableMap } from '../../maps/model.ts'
import { isComplete, type Key, nameOf } from './key.ts'
import type { PartInput, PartsIntent, RecordIntent, WholeIntent } from './operation.ts'
import { refusal } from './refusal.ts'

/** The own key values of the parts that either system holds of a whole, by the map of the part. */
export type HeldParts = (part: TableMap, whole: Key) => readonly string[]

/** Numbers of parts go up to the greatest that the graph's Int can show. */
const NUMBER_MAX = 2_147_483_647

/** Each record once, in the order in which they are first asked for. `partMaps` are those of an entity. */
export function recordIntents(
  wholes: readonly WholeIntent[],
  partMaps: (entity: string) => readonly TableMap[],
  held: HeldParts,
): readonly RecordIntent[] {
  const known = new Map<string, KnownParts>()
  const intents = wholes.flatMap((whole) => {
    if (!isComplete(whole.key)) return [whole]
    const parts = partMaps(whole.map.entity).flatMap((map) => {
      const name = nameOf(map, whole.key)
      const before = known.get(name) ?? knownFrom(held(map, whole.key))
      const { intents, after } = partIntents(whole, map, before)
      known.set(name, after)
      return intents
    })
    return [whole, ...parts]
  })
  return mergeIntents(intents)
}

/** Whether it takes a look at the parts there are to know what is meant. */
export function needsHeldParts({ operation, parts }: WholeIntent): boolean {
  return operation === 'DELETE' || parts.some(({ isWholeSet, made }) => isWholeSet || made.length > 0)
}

/** Own key values of a whole's parts: of those that there are, and of all that were since the request began. */
interface KnownParts {
  readonly held: readonly string[]
  readonly taken: readonly string[]
}

interface PartIntents {
  readonly intents: readonly RecordIntent[]
  readonly after: KnownParts
}

function knownFrom(held: readonly string[]): KnownParts {
  return { held, taken: held }
}

function partIntents(whole: WholeIntent, map: TableMap, known: KnownParts): PartIntents {
  if (whole.operation === 'DELETE') {
    const intents = known.held.map((number) => deletion(whole, map, number))
    return { intents, after: { ...known, held: [] } }
  }
  const asked = whole.parts.find((parts) => parts.map === map)
  return asked === undefined ? { intents: [], after: known } : askedParts(whole, asked, known)
}

function askedParts(whole: WholeIntent, parts: PartsIntent, { held, taken }: KnownParts): PartIntents {
  const { map, isWholeSet, made, changed, deleted } = parts
  const numbered = withNumbers(made, isWholeSet ? [] : [...taken, ...numbersOf(deleted), ...numbersOf(changed)])
  const kept = new Set(numbersOf(numbered))
  const isHeld = new Set(held)
  const dropped = isWholeSet ? held.filter((number) => !kept.has(number)) : []
  const gone = new Set([...dropped, ...numbersOf(deleted)])
  const named = [
    ...numbered.map((part) =>
      isWholeSet && isHeld.has(part.number ?? '')
        ? { ...partIntent(whole, map, 'UPDATE', part), isComplete: true }
        : partIntent(whole, map, 'CREATE', part),
    ),
    ...changed.map((part) => partIntent(whole, map, 'UPDATE', part)),
    ...deleted.map((part) => partIntent(whole, map, 'DELETE', part)),
  ]
  return {
    intents: [...eachOnce(named), ...dropped.map((number) => deletion(whole, map, number))],
    after: {
      held: [...new Set([...held, ...kept])].filter((number) => !gone.has(number)),
      taken: [...new Set([...taken, ...kept])],
    },
  }
}

/** One operation speaks of each part once: the first place counts, and each further one is refused. */
function eachOnce(intents: readonly RecordIntent[]): readonly RecordIntent[] {
  return [...Map.groupBy(intents, ({ key }) => key.at(-1)).values()].flatMap(([first, ...others]) => {
    if (first === undefined) return []
    const message = `This ${first.map.entity} is given twice: its number belongs to another place of the same lists, too`
    const refusals = others.map((one) => refusal('VALIDATION', message, placeOf(one)))
    return [{ ...first, refusals: [...first.refusals, ...refusals] }]
  })
}

/** Parts without a number get the ones behind all that are taken, in their order. */
function withNumbers(made: readonly PartInput[], taken: readonly string[]): readonly PartInput[] {
  const drawn = nextNumbers([...taken, ...numbersOf(made)], made.length).values()
  return made.map((part) => (part.number === null ? { ...part, number: drawn.next().value ?? null } : part))
}

/** The numbers behind the greatest that is taken; where there are no more, the free ones from 1. */
export function nextNumbers(taken: readonly string[], count: number): readonly string[] {
  const used = new Set(taken.map(Number).filter(Number.isSafeInteger))
  const last = [...used].reduce((greatest, number) => Math.max(greatest, number), 0)
  const numbers: number[] = []
  for (let number = last + 1; numbers.length < count && number <= NUMBER_MAX; number += 1) numbers.push(number)
  for (let number = 1; numbers.length < count; number += 1) if (!used.has(number)) numbers.push(number)
  return numbers.map(String)
}

function numbersOf(parts: readonly PartInput[]): readonly string[] {
  return parts.flatMap(({ number }) => number ?? [])
}

function partIntent(
  { key }: WholeIntent,
  map: TableMap,
  operation: RecordIntent['operation'],
  { number, given, at, refusals }: PartInput,
): RecordIntent {
  return { map, operation, key: [...key, number], given, expected: [], at, refusals, isComplete: false }
}

function deletion({ key, at }: WholeIntent, map: TableMap, number: string): RecordIntent {
  return {
    map,
    operation: 'DELETE',
    key: [...key, number],
    given: {},
    expected: [],
    at,
    refusals: [],
    isComplete: false,
  }
}

/** Of several operations on one record the later ones add to what the first one gives. */
function mergeIntents(intents: readonly RecordIntent[]): readonly RecordIntent[] {
  const merged = new Map<string, RecordIntent>()
  const keyless: RecordIntent[] = []
  for (const intent of intents) {
    if (!isComplete(intent.key)) {
      keyless.push(intent)
      continue
    }
    const name = nameOf(intent.map, intent.key)
    const earlier = merged.get(name)
    if (earlier !== undefined && isUndone(earlier, intent)) merged.delete(name)
    else merged.set(name, earlier === undefined ? intent : merge(earlier, intent))
  }
  return [...merged.values(), ...keyless]
}

/** A part that comes and goes within one request was never there. */
function isUndone(earlier: RecordIntent, later: RecordIntent): boolean {
  return later.map.parent !== null && earlier.operation === 'CREATE' && later.operation === 'DELETE'
}

function merge(earlier: RecordIntent, later: RecordIntent): RecordIntent {
  const together = {
    ...earlier,
    expected: [...earlier.expected, ...later.expected],
    refusals: [...earlier.refusals, ...later.refusals],
  }
  if (earlier.operation !== 'DELETE' && (later.operation === 'UPDATE' || later.operation === 'UPSERT')) {
    return { ...together, given: { ...earlier.given, ...later.given } }
  }
  if (earlier.operation === 'UPDATE' && later.operation === 'DELETE') return { ...together, operation: 'DELETE' }
  const message = `This ${later.map.entity} is written twice in one request, and the second time it cannot be`
  return { ...together, refusals: [...together.refusals, refusal('VALIDATION', message, placeOf(later))] }
}

/** Where the caller names the record: a new part by its number, if it has one of its own there. */
function placeOf({ map, operation, at }: RecordIntent): readonly string[] {
  const own = map.key.at(-1)?.name
  return map.parent === null || operation === 'DELETE' || own === undefined ? at : [...at, own]
}
