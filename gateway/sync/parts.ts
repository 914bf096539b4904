/** From a whole's intent to the intents of all its records: numbers for the parts, and what becomes of those it has. Pure. */

import type { TableMap } from '../../maps/model.ts'
import { isComplete, nameOf } from './key.ts'
import type { PartInput, PartsIntent, RecordIntent, WholeIntent } from './operation.ts'
import { refusal } from './refusal.ts'

/** The own key values of the parts that either system holds, by the map of the part. */
export type HeldParts = (part: TableMap) => readonly string[]

/** The whole first, then its parts; where its key cannot be told that is all there is to say. `partMaps` are those of its entity. */
export function recordIntents(
  whole: WholeIntent,
  partMaps: readonly TableMap[],
  held: HeldParts,
): readonly RecordIntent[] {
  if (!isComplete(whole.key)) return [whole]
  if (whole.operation === 'DELETE') {
    const deletions = partMaps.flatMap((map) => held(map).map((number) => deletion(whole, map, number)))
    return [whole, ...deletions]
  }
  return [whole, ...whole.parts.flatMap((parts) => partIntents(whole, parts, held(parts.map)))]
}

/** Whether it takes a look at the parts there are to know what is meant. */
export function needsHeldParts({ operation, parts }: WholeIntent): boolean {
  return operation === 'DELETE' || parts.some(({ isWholeSet, made }) => isWholeSet || made.length > 0)
}

function partIntents(whole: WholeIntent, parts: PartsIntent, held: readonly string[]): readonly RecordIntent[] {
  const { map, isWholeSet, made, changed, deleted } = parts
  const numbered = withNumbers(made, isWholeSet ? [] : [...held, ...numbersOf(deleted), ...numbersOf(changed)])
  const kept = new Set(numbersOf(numbered))
  const dropped = isWholeSet ? held.filter((number) => !kept.has(number)) : []
  const isHeld = new Set(held)
  return [
    ...numbered.map((part) =>
      partIntent(whole, map, isWholeSet && isHeld.has(part.number ?? '') ? 'UPDATE' : 'CREATE', part),
    ),
    ...changed.map((part) => partIntent(whole, map, 'UPDATE', part)),
    ...deleted.map((part) => partIntent(whole, map, 'DELETE', part)),
    ...dropped.map((number) => deletion(whole, map, number)),
  ]
}

/** Parts without a number get the ones behind all that are taken, in their order. */
function withNumbers(made: readonly PartInput[], taken: readonly string[]): readonly PartInput[] {
  const drawn = nextNumbers([...taken, ...numbersOf(made)], made.length).values()
  return made.map((part) => (part.number === null ? { ...part, number: drawn.next().value ?? null } : part))
}

/** The numbers behind the greatest that is taken. */
export function nextNumbers(taken: readonly string[], count: number): readonly string[] {
  const numbers = taken.map(Number).filter(Number.isSafeInteger)
  const last = numbers.reduce((greatest, number) => Math.max(greatest, number), 0)
  return Array.from({ length: count }, (_, index) => String(last + 1 + index))
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
  return { map, operation, key: [...key, number], given, expectedRevision: null, at, refusals }
}

function deletion({ key, at }: WholeIntent, map: TableMap, number: string): RecordIntent {
  return { map, operation: 'DELETE', key: [...key, number], given: {}, expectedRevision: null, at, refusals: [] }
}

/** Each record once: of several operations on one record the later ones add to what the first one gives. */
export function mergeIntents(intents: readonly RecordIntent[]): readonly RecordIntent[] {
  const merged = new Map<string, RecordIntent>()
  const single: RecordIntent[] = []
  for (const intent of intents) {
    if (!isComplete(intent.key)) {
      single.push(intent)
      continue
    }
    const name = nameOf(intent.map, intent.key)
    const earlier = merged.get(name)
    merged.set(name, earlier === undefined ? intent : merge(earlier, intent))
  }
  return [...merged.values(), ...single]
}

function merge(earlier: RecordIntent, later: RecordIntent): RecordIntent {
  const refusals = [...earlier.refusals, ...later.refusals]
  const goesTogether = later.operation === 'UPDATE' && earlier.operation !== 'DELETE'
  if (goesTogether) return { ...earlier, given: { ...earlier.given, ...later.given }, refusals }
  const message = `This ${later.map.entity} is written by an earlier operation of the same request`
  return { ...earlier, refusals: [...refusals, refusal('VALIDATION', message, later.at)] }
}
