/** Reads of committed records from both systems, all that one step asks for in one call a system. */

import DataLoader from 'dataloader'
import type { Participant } from '../../../schema/participant.ts'
import { type RecordRef, type RecordState, SYSTEMS, type System } from '../../../schema/record.ts'
import { Silence } from '../../coordinator/silence.ts'

export type Participants = ReadonlyMap<System, Participant>
export type RecordLoaders = Readonly<Record<System, DataLoader<RecordRef, RecordState>>>

/**
 * One set for each request. Nothing is remembered between two steps: a mutation may have changed the record since.
 */
export function createRecordLoaders(participants: Participants): RecordLoaders {
  const loader = (system: System) => recordLoader(participants.get(system) ?? absent(system))
  return { CRM: loader('CRM'), ERP: loader('ERP') }
}

/** The record as each system holds it. Rejects with a {@link Silence} where one of them does not answer. */
export async function readBoth(
  loaders: RecordLoaders,
  refs: Readonly<Record<System, RecordRef>>,
): Promise<Readonly<Record<System, RecordState>>> {
  const [crm, erp] = await Promise.all(SYSTEMS.map((system) => loaders[system].load(refs[system])))
  if (crm === undefined || erp === undefined) throw new TypeError('A system gave no answer for a record')
  return { CRM: crm, ERP: erp }
}

function recordLoader(participant: Participant): DataLoader<RecordRef, RecordState> {
  const read = async (refs: readonly RecordRef[]) => {
    try {
      return await participant.read(refs)
    } catch (error) {
      throw new Silence(`The ${participant.system} does not answer.`, error)
    }
  }
  return new DataLoader(read, { cache: false })
}

function absent(system: System): never {
  throw new TypeError(`no participant for ${system}`)
}
