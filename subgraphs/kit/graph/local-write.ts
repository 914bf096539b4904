/**
 * Writes to tables that no map names. They concern one system alone, so its yes is the commit and no gateway is asked;
 * idempotency keys, refusals and transaction rows are the same as anywhere.
 */

import type { NativeOutcome, Submit } from '../../../schema/native-write.ts'
import type { Participant, PrepareRequest, TransactionRow, Violation, Vote } from '../../../schema/participant.ts'
import type { RecordState, TransactionId } from '../../../schema/record.ts'
import type { TableDefinition } from '../../../schema/table.ts'
import { errorsOf, outcomeOfRow, withoutAnswer } from './local-outcome.ts'
import { type Asked, askedOf, attemptId, keyRefusals, prepareRequest, refused } from './local-request.ts'

export interface LocalWriteParts {
  readonly participant: Participant
  readonly tables: readonly TableDefinition[]
  /** Id of the maps in force. */
  readonly mapSet: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** A fresh UUID of version 7. */
  readonly newId: () => string
  readonly pause: (ms: number) => Promise<unknown>
  readonly timeoutDefaultMs: number
  readonly onError: (error: unknown, message: string) => void
}

/** Pauses before the next attempt at a write that met a lock. */
const PAUSES_MS = [10, 40, 160] as const

const TRIED_AGAIN: ReadonlySet<Violation['code']> = new Set(['LOCKED', 'FENCED'])

type Attempt = { readonly outcome: NativeOutcome; readonly again: boolean }

/** Rejects for nothing but a table that is not there. */
export function localWrites(parts: LocalWriteParts): Submit {
  const { participant, tables, mapSet, now, onError } = parts
  return async (write) => {
    const asked = askedOf(tables, write, { startedAt: now(), timeoutMs: parts.timeoutDefaultMs })
    try {
      if (write.options.dryRun || keyRefusals(asked).length > 0) return await rehearse(asked)
      return await carryOut(asked)
    } catch (error) {
      onError(error, 'a system could not be read for a write of its own')
      return withoutAnswer(write, 'SYSTEM_UNAVAILABLE')
    }
  }

  async function carryOut(asked: Asked): Promise<NativeOutcome> {
    const ids: TransactionId[] = []
    let latest = await attempt(asked, ids)
    for (const pauseMs of PAUSES_MS) {
      if (!latest.again || now() + pauseMs >= asked.deadline) break
      await parts.pause(pauseMs)
      latest = await attempt(asked, ids)
    }
    return latest.outcome
  }

  async function attempt(asked: Asked, ids: TransactionId[]): Promise<Attempt> {
    const { write, idempotency } = asked
    const earlier = idempotency === null ? [] : await participant.look({ by: 'IDEMPOTENCY_KEY', key: idempotency.key })
    const replay = replayOf(asked, earlier)
    if (replay !== null) return { outcome: replay, again: false }
    const id = idempotency === null ? (parts.newId() as TransactionId) : attemptId(idempotency.key, earlier.length)
    ids.push(id)
    const at = { id, first: ids[0] ?? id, attempt: earlier.length, mapSet }
    const request = prepareRequest(asked, await statesOf(asked), at)
    const vote = await prepare(request)
    if (vote === null) return { outcome: withoutAnswer(write, 'TIMEOUT'), again: false }
    // Another request under the same key came first, on another state of the record: what it did is the answer.
    if (vote.vote === 'FOREIGN') return { outcome: withoutAnswer(write, 'TIMEOUT'), again: true }
    const [row] = await participant.look({ by: 'ID', id })
    const again = vote.vote === 'NO' && vote.violations.every(({ code }) => TRIED_AGAIN.has(code))
    return { outcome: outcomeOfRow(asked, row ?? null, vote.vote === 'NO' ? vote.violations : []), again }
  }

  async function prepare(request: PrepareRequest): Promise<Vote | null> {
    try {
      const [vote] = participant.prepare([request])
      return (await vote) ?? null
    } catch (error) {
      onError(error, 'a system did not answer a write of its own')
      return null
    }
  }

  /** What would be refused, with no trace left. A create without its whole key is never more than this. */
  async function rehearse(asked: Asked): Promise<NativeOutcome> {
    const id = parts.newId() as TransactionId
    const request = prepareRequest(asked, await statesOf(asked), { id, first: id, attempt: 0, mapSet })
    const found = (await participant.check([request])[0]) ?? []
    const faults = keyRefusals(asked)
    const violations = faults.length === 0 ? found : [...faults, ...found.filter(isKeyless)]
    const key = faults.length > 0 ? null : asked.records[0].key
    return { key, transaction: null, errors: errorsOf(asked, violations) }
  }

  function statesOf({ records }: Asked): Promise<readonly RecordState[]> {
    return participant.read(records.map(({ table, key }) => ({ table: table.table, key })))
  }
}

/** The answer of an earlier request under the same key; null where the request is still to be carried out. */
function replayOf(asked: Asked, earlier: readonly TransactionRow[]): NativeOutcome | null {
  const { write, idempotency } = asked
  if (earlier.some((row) => row.idempotency?.digest !== idempotency?.digest)) {
    const message = 'The idempotency key was used before, for another request'
    const refusal = refused('IDEMPOTENCY_MISMATCH', message, write, ['options', 'idempotencyKey'])
    return { key: null, transaction: null, errors: errorsOf(asked, [refusal]) }
  }
  const settled = earlier.find(
    ({ state, violations }) => state === 'COMMITTED' || violations.some((one) => !one.retryable),
  )
  return settled === undefined ? null : outcomeOfRow(asked, settled, settled.violations)
}

/** Said of a record's own values: it holds whatever its key will be. */
function isKeyless({ code, column }: Violation): boolean {
  return column !== null && (code === 'VALIDATION' || code === 'REQUIRED' || code === 'READ_ONLY')
}
