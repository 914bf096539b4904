/**
 * Plans a transaction: reads what both systems hold, has each record drafted, asks for what a system computes, and puts
 * the legs together. Short on purpose; what is decided is decided in the pure files that it calls.
 */

import type { MapSet, TableMap } from '../../maps/model.ts'
import type { NativeWrite } from '../../schema/native-write.ts'
import type { Participant } from '../../schema/participant.ts'
import { SYSTEMS, type System, type TransactionId } from '../../schema/record.ts'
import type { MemberPlan, Plan } from '../coordinator/coordinator.ts'
import { derivingSystems, undraftedRecords, withDerivations } from './derivation.ts'
import { draftEntity, heldRevision } from './entity-draft.ts'
import { Facts } from './facts.ts'
import { isComplete, type Key, keyOfWhole, nameOf } from './key.ts'
import { draftedWrites, legsOf } from './legs.ts'
import { settleMatches } from './matching.ts'
import { draftNativeWrite } from './native-records.ts'
import type { Numbered, Numbering } from './numbering.ts'
import { type KeyedOperation, readOperations, type WholeIntent } from './operation.ts'
import { needsHeldParts, recordIntents } from './parts.ts'
import { planOf } from './plan.ts'
import { draftChange, type RecordDraft } from './record-draft.ts'
import { askSystem, SystemSilent } from './silence.ts'
import type { EntityOperation } from './write.ts'

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

/** `revision` is that of the row's record, as it was read, 0 for none; `key` that by which it was found, or is made. */
export interface RowPlan extends MemberPlan {
  readonly revision: number
  readonly key: Key
}

export interface Planner {
  /** `records` in the order of the operations. Rejects with SystemSilent where a system does not answer. */
  planEntities(operations: readonly KeyedOperation[], dryRun: boolean): Promise<Planned>
  planNative(write: NativeWrite): Promise<Planned>
  /** Each row's own plan, made as if there were no others; the questions to the systems are those of one. */
  planRows(rows: readonly WholeIntent[], dryRun: boolean): Promise<readonly RowPlan[]>
}

type Drafts = readonly RecordDraft[]

/** What becomes of drafts for which a system computes nothing, though it was asked. */
type OnSilence = (drafts: Drafts, silence: SystemSilent) => Drafts

/** Nothing of a derivation is kept, so any name will do. */
const DERIVATION = 'derivation' as TransactionId

export function createPlanner({ mapSet, participants, numbering }: PlannerOptions): Planner {
  /** With keys completed where a record may be made. */
  async function numbered<One extends Numbered>(
    all: readonly One[],
    operationOf: (one: One) => EntityOperation['operation'],
    dryRun: boolean,
  ): Promise<readonly One[]> {
    const creating = all.filter((one) => operationOf(one) === 'CREATE' || operationOf(one) === 'UPSERT')
    const keys = await numbering.complete(creating, dryRun)
    const keyOf = new Map(creating.map((one, index) => [one, keys[index] ?? one.key]))
    return all.map((one) => ({ ...one, key: keyOf.get(one) ?? one.key }))
  }

  async function matchedOperations(facts: Facts, asked: readonly KeyedOperation[]): Promise<readonly KeyedOperation[]> {
    if (asked.every((one) => one.asked.matchBy === undefined)) return asked
    const settled = await settleMatches(facts, readOperations(mapSet, asked))
    return asked.map((one, index) => {
      const found = settled[index] ?? null
      if (found === null) return one
      const { operation, key, refusals } = found
      const { matchBy: _, ...named } = one.asked
      const input = refusals.length > 0 ? {} : named.input
      return { ...one, asked: { ...named, operation, input }, key, refusals }
    })
  }

  async function readHeldParts(facts: Facts, wholes: readonly WholeIntent[]): Promise<void> {
    const wanted = wholes
      .filter((whole) => isComplete(whole.key) && needsHeldParts(whole))
      .flatMap(({ map, key }) => mapSet.partsOf(map.entity).map((part) => ({ part, whole: key })))
    await facts.readParts(wanted)
  }

  /** The drafts of each group, which knows nothing of the others; all that is read is read at once. */
  async function draftGroups(facts: Facts, groups: readonly (readonly WholeIntent[])[]): Promise<readonly Drafts[]> {
    await readHeldParts(facts, groups.flat())
    const intents = groups.map((wholes) =>
      recordIntents(wholes, mapSet.partsOf, (part, whole) => facts.partNumbers(part, whole)),
    )
    await facts.read(intents.flat())
    return intents.map((group) => group.map((intent) => draftEntity(mapSet, intent, facts.subject(intent))))
  }

  /** The drafts with what each system computes for the other, for which a system is asked once. */
  async function withComputed(
    facts: Facts,
    groups: readonly Drafts[],
    onSilence: OnSilence,
  ): Promise<readonly Drafts[]> {
    let computed = groups
    for (const system of SYSTEMS) computed = await withComputedBy(system, facts, computed, onSilence)
    return computed
  }

  async function withComputedBy(
    system: System,
    facts: Facts,
    groups: readonly Drafts[],
    onSilence: OnSilence,
  ): Promise<readonly Drafts[]> {
    const asked = groups.flatMap((drafts, group) => {
      const writes = isComputedBy(system, drafts) ? draftedWrites(drafts, system) : []
      return writes.length > 0 ? [{ group, drafts, writes }] : []
    })
    if (asked.length === 0) return groups
    const answers = await askSystem(participants, system, (participant) =>
      Promise.allSettled(participant.derive(asked.map(({ writes }) => ({ id: DERIVATION, writes })))),
    )
    const derived = asked.map(({ group, drafts }, index) => {
      const answer = answers[index]
      const derivations = answer?.status === 'fulfilled' ? answer.value : null
      const further = derivations === null ? [] : undraftedRecords(mapSet, drafts, system, derivations)
      return { group, drafts, derivations, further, cause: answer?.status === 'rejected' ? answer.reason : null }
    })
    await facts.read(derived.flatMap(({ further }) => further))
    const changed = new Map(
      derived.map(({ group, drafts, derivations, further, cause }) => {
        if (derivations === null) return [group, onSilence(drafts, new SystemSilent(system, cause))]
        const drafted = further.map((record) => {
          const subject = facts.subject({ ...record, at: placeOfWhole(drafts, record) })
          return draftChange({ mapSet, subject, given: {}, truth: record.map.reads, native: null })
        })
        return [group, withDerivations(mapSet, [...drafts, ...drafted], system, derivations)]
      }),
    )
    return groups.map((drafts, group) => changed.get(group) ?? drafts)
  }

  /** What is refused already is not worth computing. */
  function isComputedBy(system: System, drafts: Drafts): boolean {
    return drafts.every(({ refusals }) => refusals.length === 0) && derivingSystems(mapSet, drafts).includes(system)
  }

  return {
    async planEntities(asked, dryRun) {
      const facts = new Facts(participants)
      const matched = await matchedOperations(facts, asked)
      const operations = await numbered(matched, (one) => one.asked.operation, dryRun)
      const groups = await draftGroups(facts, [readOperations(mapSet, operations)])
      const [drafts = []] = await withComputed(facts, groups, giveUp)
      return { records: operations, plan: planOf(drafts, { mapSet: mapSet.id, witnesses: SYSTEMS }) }
    },

    async planRows(asked, dryRun) {
      const facts = new Facts(participants)
      const settled = await settleMatches(facts, asked)
      const matched = asked.map((row, index) => ({ ...row, ...settled[index] }))
      const rows = await numbered(matched, (one) => one.operation, dryRun)
      const groups = await draftGroups(
        facts,
        rows.map((row) => [row]),
      )
      const computed = await withComputed(facts, groups, refuseGroup)
      return computed.map((drafts, index) => ({
        legs: legsOf(drafts),
        refusals: drafts.flatMap(({ refusals }) => refusals),
        revision: drafts[0] === undefined ? 0 : heldRevision(drafts[0]),
        key: rows[index]?.key ?? [null],
      }))
    },

    async planNative(write) {
      const facts = new Facts(participants)
      const { map, key, drafts } = await draftNativeWrite({ mapSet, facts, numbering }, write)
      const [computed = []] = await withComputed(facts, [drafts], giveUp)
      return {
        records: [{ map, key }],
        plan: planOf(computed, { mapSet: mapSet.id, witnesses: [write.system] }),
      }
    },
  }
}

function giveUp(_drafts: Drafts, silence: SystemSilent): never {
  throw silence
}

/** A row for which nothing can be computed says nothing of the others. */
function refuseGroup(drafts: Drafts, { violation }: SystemSilent): Drafts {
  const [first, ...others] = drafts
  return first === undefined ? [] : [{ ...first, refusals: [...first.refusals, violation] }, ...others]
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
