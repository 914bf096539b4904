/**
 * Plans a transaction: reads what both systems hold, has each record drafted, asks for what a system computes, and puts
 * the legs together. Short on purpose; what is decided is decided in the pure files that it calls.
 */

import type { MapSet, TableMap } from '../../maps/model.ts'
import type { NativeWrite } from '../../schema/native-write.ts'
import { type Participant, SYSTEMS, type System, type TransactionId } from '../../schema/participant.ts'
import type { Plan } from '../coordinator/coordinator.ts'
import { derivingSystems, undraftedRecords, withDerivations } from './derivation.ts'
import { draftEntity } from './entity-draft.ts'
import { Facts } from './facts.ts'
import { isComplete, type Key, keyOfWhole, nameOf } from './key.ts'
import { draftedWrites } from './legs.ts'
import { draftNativeWrite } from './native-records.ts'
import type { Numbering } from './numbering.ts'
import { type KeyedOperation, readOperations, type WholeIntent } from './operation.ts'
import { needsHeldParts, recordIntents } from './parts.ts'
import { planOf } from './plan.ts'
import { draftChange, type RecordDraft } from './record-draft.ts'
import { askSystem } from './silence.ts'

export interface PlannerOptions {
  readonly mapSet: MapSet
  readonly participants: ReadonlyMap<System, Participant>
  readonly numbering: Numbering
}

/** `records` name what was asked for, with keys completed from the sequences; `plan` is null where there is nothing to write. */
export interface Planned {
  readonly records: readonly { readonly map: TableMap; readonly key: Key }[]
  readonly plan: Plan | null
}

export interface Planner {
  /** `records` in the order of the operations. Rejects with SystemSilent where a system does not answer. */
  planEntities(operations: readonly KeyedOperation[], dryRun: boolean): Promise<Planned>
  planNative(write: NativeWrite): Promise<Planned>
}

/** Nothing of a derivation is kept, so any name will do. */
const DERIVATION = 'derivation' as TransactionId

export function createPlanner({ mapSet, participants, numbering }: PlannerOptions): Planner {
  async function numbered(operations: readonly KeyedOperation[], dryRun: boolean): Promise<readonly KeyedOperation[]> {
    const creating = operations.filter(({ asked }) => asked.operation === 'CREATE' || asked.operation === 'UPSERT')
    const keys = await numbering.complete(creating, dryRun)
    const keyOf = new Map(creating.map((operation, index) => [operation, keys[index] ?? operation.key]))
    return operations.map((operation) => ({ ...operation, key: keyOf.get(operation) ?? operation.key }))
  }

  async function readHeldParts(facts: Facts, wholes: readonly WholeIntent[]): Promise<void> {
    const wanted = wholes
      .filter((whole) => isComplete(whole.key) && needsHeldParts(whole))
      .flatMap(({ map, key }) => mapSet.partsOf(map.entity).map((part) => ({ part, whole: key })))
    await facts.readParts(wanted)
  }

  /** The drafts with what each system computes for the other. What is refused already is not worth computing. */
  async function withComputed(facts: Facts, drafts: readonly RecordDraft[]): Promise<readonly RecordDraft[]> {
    if (drafts.some(({ refusals }) => refusals.length > 0)) return drafts
    let computed = drafts
    for (const system of derivingSystems(mapSet, drafts)) {
      const writes = draftedWrites(computed, system)
      if (writes.length === 0) continue
      const [derivations = []] = await askSystem(participants, system, (participant) =>
        Promise.all(participant.derive([{ id: DERIVATION, writes }])),
      )
      const further = undraftedRecords(mapSet, computed, system, derivations)
      await facts.read(further)
      const drafted = further.map((record) => {
        const subject = facts.subject({ ...record, at: placeOfWhole(computed, record) })
        return draftChange({ mapSet, subject, given: {}, truth: record.map.reads, native: null })
      })
      computed = withDerivations(mapSet, [...computed, ...drafted], system, derivations)
    }
    return computed
  }

  return {
    async planEntities(asked, dryRun) {
      const operations = await numbered(asked, dryRun)
      const facts = new Facts(participants)
      const wholes = readOperations(mapSet, operations)
      await readHeldParts(facts, wholes)
      const intents = recordIntents(wholes, mapSet.partsOf, (part, whole) => facts.partNumbers(part, whole))
      await facts.read(intents)
      const drafts = intents.map((intent) => draftEntity(mapSet, intent, facts.subject(intent)))
      return {
        records: operations,
        plan: planOf(await withComputed(facts, drafts), { mapSet: mapSet.id, witnesses: SYSTEMS }),
      }
    },

    async planNative(write) {
      const facts = new Facts(participants)
      const { map, key, drafts } = await draftNativeWrite({ mapSet, facts, numbering }, write)
      return {
        records: [{ map, key }],
        plan: planOf(await withComputed(facts, drafts), { mapSet: mapSet.id, witnesses: [write.system] }),
      }
    },
  }
}

/** Where the caller speaks of the whole that the record is a part of, or of any of its parts. */
function placeOfWhole(drafts: readonly RecordDraft[], { map, key }: { readonly map: TableMap; readonly key: Key }) {
  const whole = map.parent === null ? nameOf(map, key) : nameOf(map.parent, keyOfWhole(key))
  const nearest = drafts.find((draft) => {
    const { parent } = draft.map
    return whole === (parent === null ? nameOf(draft.map, draft.key) : nameOf(parent, keyOfWhole(draft.key)))
  })
  return nearest?.at ?? []
}
