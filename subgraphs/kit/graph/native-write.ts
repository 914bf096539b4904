/** From the arguments of a native mutation to the write they ask for, and from its outcome to the payload. */

import type { WriteOptions } from '../../../schema/caller-view.ts'
import type { NativeOutcome, NativePart, NativeWrite } from '../../../schema/native-write.ts'
import type { RecordKey, Row, Value } from '../../../schema/record.ts'
import { keyValues, recordKey } from '../../../schema/record-key.ts'
import type { TableDefinition } from '../../../schema/table.ts'
import { canonical } from '../../../schema/value.ts'
import { badArgument } from './bad-argument.ts'

export interface WriteLimits {
  /** Longest `timeoutMs`. */
  readonly timeoutMaxMs: number
}

const IDEMPOTENCY_KEY_LENGTH_MAX = 255

type Arguments = Readonly<Record<string, unknown>>

/** What a create takes apart from the record's own columns: the parts under a name of the input. */
export interface PartsInput {
  readonly name: string
  readonly table: string
}

export function nativeWrite(
  table: TableDefinition,
  parts: readonly PartsInput[],
  operation: NativeWrite['operation'],
  given: Arguments,
  actor: string | null,
  limits: WriteLimits,
): NativeWrite {
  const input = given['input'] as Arguments | undefined
  const nested = operation === 'CREATE' ? parts : []
  const own = Object.entries(input ?? {}).filter(([name]) => nested.every((one) => one.name !== name))
  return {
    system: table.system,
    table: table.table,
    operation,
    key: operation === 'CREATE' ? null : keyGiven(table, given),
    set: Object.fromEntries(own) as Row,
    parts: nested.flatMap((one) => partsGiven(one, input?.[one.name] as readonly Row[] | null | undefined)),
    actor,
    options: readOptions(given['options'] as Partial<WriteOptions> | null | undefined, limits),
  }
}

function partsGiven({ name, table }: PartsInput, given: readonly Row[] | null | undefined): readonly NativePart[] {
  return (given ?? []).map((set, position) => ({ table, set: { ...set }, at: ['input', name, String(position)] }))
}

/** The key in the arguments; a value without a canonical form is left to the system to refuse. */
export function keyGiven(table: TableDefinition, given: Arguments): RecordKey {
  return recordKey(
    table.key.map((name) => {
      const column = table.columns[name]
      const value = given[name] as Value
      const form = column === undefined ? null : canonical(column, value)
      return form?.ok === true ? form.value : value
    }),
  )
}

/** Throws BAD_USER_INPUT for an option out of its bounds. */
function readOptions(given: Partial<WriteOptions> | null | undefined, { timeoutMaxMs }: WriteLimits): WriteOptions {
  const { idempotencyKey = null, expectedRevision = null, timeoutMs = null, dryRun = false } = given ?? {}
  if (idempotencyKey !== null && (idempotencyKey === '' || idempotencyKey.length > IDEMPOTENCY_KEY_LENGTH_MAX)) {
    throw badArgument('options', `\`idempotencyKey\` has 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} characters`)
  }
  if (expectedRevision !== null && expectedRevision < 0) {
    throw badArgument('options', '`expectedRevision` cannot be negative')
  }
  if (timeoutMs !== null && (timeoutMs < 1 || timeoutMs > timeoutMaxMs)) {
    throw badArgument('options', `\`timeoutMs\` lies between 1 and ${timeoutMaxMs}`)
  }
  return { idempotencyKey, expectedRevision, timeoutMs, dryRun: dryRun ?? false }
}

/** The outcome as the payload's fields read it; `record` is found only if it is selected. */
export function payloadOf<Found>(outcome: NativeOutcome, record: (key: RecordKey) => Found) {
  const { key, transaction, errors } = outcome
  return {
    key: key === null ? null : keyValues(key),
    record: () => (key === null ? null : record(key)),
    transaction:
      transaction === null
        ? null
        : {
            ...transaction,
            startedAt: instant(transaction.startedAt),
            decidedAt: instant(transaction.decidedAt),
            completedAt: instant(transaction.completedAt),
          },
    errors,
  }
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
