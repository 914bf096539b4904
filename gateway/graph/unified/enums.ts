/** Enums of the hand-written part, each value with its meaning. */

import 'reflect-metadata'
import { registerEnumType } from 'type-graphql'
import type { LegView, TransactionState, WriteError } from '../../../schema/caller-view.ts'
import type { Origin } from '../../../schema/participant.ts'
import type { System } from '../../../schema/record.ts'

type Named<Name extends string> = Readonly<Record<Name, { readonly description: string }>>

/** Makes an enum out of the descriptions of its values, and gives the object that stands for it in decorators. */
export function declareEnum<Name extends string>(
  name: string,
  description: string,
  values: Named<Name>,
): Record<string, string> {
  const names = Object.fromEntries(Object.keys(values).map((value) => [value, value]))
  registerEnumType(names, { name, description, valuesConfig: values })
  return names
}

export const SystemEnum = declareEnum<System>('System', 'One of the two systems that are kept in step.', {
  CRM: { description: 'The system of customer relations.' },
  ERP: { description: 'The system of enterprise resources.' },
})

export const OriginEnum = declareEnum<Origin>('Origin', 'Where a write came from.', {
  GRAPH: { description: 'A mutation of this graph.' },
  CRM: { description: "The CRM's native API." },
  ERP: { description: "The ERP's native API." },
  IMPORT: { description: 'A bulk import.' },
})

export const TransactionStateEnum = declareEnum<TransactionState>('TransactionState', 'How far a transaction is.', {
  COMMITTED: { description: 'In effect in every system that it concerns.' },
  REVERTED: { description: 'Nothing happened anywhere; no other state says so.' },
  PENDING: { description: 'In effect in one system, and queued for the other.' },
  PREPARING: { description: 'Not decided yet, as far as is known.' },
  COMMITTING: { description: 'Decided for good, and being applied.' },
  REVERTING: { description: 'Refused for good, and being cleared away.' },
})

export const LegModeEnum = declareEnum<'SYNC' | 'QUEUED'>('LegMode', 'How a leg reaches its system.', {
  SYNC: { description: 'Decided together with the other legs.' },
  QUEUED: { description: 'Applied later, in its turn.' },
})

export const LegStateEnum = declareEnum<LegView['state']>('LegState', 'What a system says of its leg.', {
  PREPARED: { description: 'Promised: it can be committed, and nothing shows yet.' },
  COMMITTED: { description: 'In effect.' },
  ABORTED: { description: 'Refused or given up; it left no effect.' },
  UNKNOWN: { description: 'The system did not answer, or has not heard of the transaction.' },
})

export const WriteOperationEnum = declareEnum<'CREATE' | 'UPDATE' | 'DELETE'>('WriteOperation', 'What a write does.', {
  CREATE: { description: 'Adds a record.' },
  UPDATE: { description: 'Changes a record.' },
  DELETE: { description: 'Removes a record.' },
})

export const WriteErrorCodeEnum = declareEnum<WriteError['code']>('WriteErrorCode', 'Why a write was refused.', {
  VALIDATION: { description: 'A value does not fit its field.' },
  REQUIRED: { description: 'A value is missing.' },
  DUPLICATE: { description: 'Another record has the key or a value that must be unique.' },
  NOT_FOUND: { description: 'There is no such record.' },
  REFERENCE: { description: 'A record referred to does not exist, or one is still referred to.' },
  CONFLICT: { description: 'The systems hold different versions of the record.' },
  LOCKED: { description: 'Another transaction holds the record.' },
  STALE: { description: 'The record has changed since it was read.' },
  RULE: { description: 'A business rule forbids it.' },
  READ_ONLY: { description: 'The field is not written from here.' },
  IDEMPOTENCY_MISMATCH: { description: 'The idempotency key belongs to another request.' },
  SYSTEM_UNAVAILABLE: { description: 'A system that must be asked does not answer.' },
  TIMEOUT: { description: 'No outcome in time; it is not known whether the write takes effect.' },
  UNMAPPED: { description: 'No map covers what was to be written.' },
  PENDING_SYNC: { description: 'Earlier writes to the record are still queued.' },
  OVERLOADED: { description: 'Too much is going on at once.' },
})
