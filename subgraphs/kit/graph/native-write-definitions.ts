/** SDL of what every native write takes and answers with. */

import { enumType, inputType, objectType } from '../../../schema/sdl.ts'

export const writeDefinitions: string = [
  enumType('System', 'A system that takes part in a write.', [
    { name: 'CRM', description: 'Customer relationship management.' },
    { name: 'ERP', description: 'Enterprise resource planning.' },
  ]),
  enumType('TransactionState', 'How far a transaction has come. Nothing happened anywhere only if it is REVERTED.', [
    { name: 'COMMITTED', description: 'Every system holds the result.' },
    { name: 'REVERTED', description: 'Nothing happened in any system.' },
    { name: 'PENDING', description: 'A system holds the result; another follows.' },
    { name: 'PREPARING', description: 'The outcome is not known yet.' },
    { name: 'COMMITTING', description: 'Decided, and being applied.' },
    { name: 'REVERTING', description: 'Refused, and being called off.' },
  ]),
  enumType('LegState', 'How far a transaction has come in one system.', [
    { name: 'PREPARED', description: 'The system has promised the write.' },
    { name: 'COMMITTED', description: 'The system holds the result.' },
    { name: 'ABORTED', description: 'Nothing happened in the system.' },
    { name: 'UNKNOWN', description: 'The system has not answered, or knows nothing of it.' },
  ]),
  enumType('WriteErrorCode', 'Why a write was refused.', [
    { name: 'VALIDATION', description: 'A value does not fit its column.' },
    { name: 'REQUIRED', description: 'A value is missing.' },
    { name: 'DUPLICATE', description: 'Another record has the key, or a value that is unique.' },
    { name: 'NOT_FOUND', description: 'There is no such record.' },
    { name: 'REFERENCE', description: 'The record referred to is missing, or the record is still referred to.' },
    { name: 'CONFLICT', description: 'Both systems have changed the record.' },
    { name: 'LOCKED', description: 'Another write holds the record; try again.' },
    { name: 'STALE', description: 'The record has been written since it was read.' },
    { name: 'RULE', description: 'A business rule forbids it.' },
    { name: 'READ_ONLY', description: 'The column cannot be written here.' },
    { name: 'IDEMPOTENCY_MISMATCH', description: 'The idempotency key was used for another request.' },
    { name: 'SYSTEM_UNAVAILABLE', description: 'A system that must take part does not answer.' },
    { name: 'TIMEOUT', description: 'Not decided in time; the outcome may not be known yet.' },
    { name: 'UNMAPPED', description: 'A value has no partner in the other system.' },
    { name: 'PENDING_SYNC', description: 'An earlier write of the record has not reached the other system.' },
    { name: 'OVERLOADED', description: 'Too much is under way; try again.' },
  ]),
  objectType('WriteError', 'One reason why a write was refused.', [
    { name: 'code', type: 'WriteErrorCode!', description: 'The kind of reason.' },
    { name: 'message', type: 'String!', description: 'The reason in words.' },
    {
      name: 'path',
      type: '[String!]!',
      description: 'Where in the arguments the reason lies, for example ["input", "name"].',
    },
    { name: 'system', type: 'System', description: 'The system that said no.' },
    { name: 'table', type: 'String', description: 'Its table.' },
    { name: 'column', type: 'String', description: 'Its column; null where the record as a whole is at fault.' },
    { name: 'retryable', type: 'Boolean!', description: 'Whether the same request may succeed later.' },
  ]),
  objectType('NativeTransaction', 'A write as a transaction, over every system that it concerns.', [
    { name: 'id', type: 'ID!', description: 'Its id, the same in every system.' },
    { name: 'state', type: 'TransactionState!', description: 'How far it has come.' },
    { name: 'startedAt', type: 'DateTime!', description: 'When it was begun.' },
    { name: 'decidedAt', type: 'DateTime', description: 'When its outcome was fixed.' },
    { name: 'completedAt', type: 'DateTime', description: 'When every system had come to an end with it.' },
    { name: 'legs', type: '[NativeLeg!]!', description: 'Its part in each system.' },
  ]),
  objectType('NativeLeg', 'The part of a transaction that falls to one system.', [
    { name: 'system', type: 'System!', description: 'The system.' },
    { name: 'state', type: 'LegState!', description: 'How far it has come there.' },
    { name: 'lastError', type: 'String', description: 'Why the system last said no.' },
  ]),
  inputType('WriteOptions', 'How to write.', [
    {
      name: 'idempotencyKey',
      type: 'String',
      description: 'Repeats of one request under one key take effect once and get the same answer.',
    },
    {
      name: 'expectedRevision',
      type: 'Int',
      description: 'Refuses the write as STALE if the record has another revision.',
    },
    { name: 'timeoutMs', type: 'Int', description: 'How long the write may take to be decided, in milliseconds.' },
    {
      name: 'dryRun',
      type: 'Boolean = false',
      description: 'Reports what would be refused, and writes nothing.',
    },
  ]),
].join('\n')
