/** The rows that a participant's votes leave behind. */

import {
  type FenceRequest,
  isCheck,
  type LeftOut,
  type PrepareRequest,
  type TransactionRow,
  type Violation,
  type WriteImage,
} from '../../../schema/participant.ts'
import { imageOf } from '../participant/write-image.ts'

/** What a refused row keeps of a key: refusals may be of any size, and are kept for a month. */
const REFUSED_KEY_LENGTH_MAX = 1_000
const REFUSED_WRITES_MAX = 1_000

/** `leftOut`: members of a batch that are refused here, with the reasons. */
export function preparedRow(
  request: PrepareRequest,
  writes: readonly WriteImage[],
  { members: leftOut, violations }: LeftOut,
  now: number,
): TransactionRow {
  const some = leftOut.length > 0 ? { leftOut } : {}
  return { ...common(request, now), state: 'PREPARED', completedAt: null, writes, violations, ...some }
}

/** Keeps which records were to be written, but none of the values, which were never fit to be kept. */
export function abortedRow(request: PrepareRequest, violations: readonly Violation[], now: number): TransactionRow {
  const writes = request.writes
    .filter((write) => !isCheck(write))
    .filter(({ key, table }) => key.length + table.length <= REFUSED_KEY_LENGTH_MAX)
    .slice(0, REFUSED_WRITES_MAX)
    .map((write) => imageOf(write, null, null))
  return { ...common(request, now), state: 'ABORTED', completedAt: now, writes, violations }
}

/** Nothing is known of a fenced attempt but its plan: the rest says so with its emptiest value. */
export function fencedRow(request: FenceRequest, violations: readonly Violation[], now: number): TransactionRow {
  return {
    ...request,
    state: 'ABORTED',
    mapSet: '',
    origin: 'GRAPH',
    actor: null,
    startedAt: now,
    decidedAt: now,
    completedAt: now,
    deadline: now,
    age: { at: now, id: request.id },
    idempotency: null,
    subject: null,
    writes: [],
    violations,
    sequence: null,
  }
}

function common(request: PrepareRequest, now: number) {
  const { id, plan, participants, mapSet, origin, actor, startedAt, age, deadline, idempotency, subject } = request
  const { members } = request
  return {
    ...{ id, plan, participants, mapSet, origin, actor, startedAt, age, deadline, idempotency, subject },
    ...(members === undefined ? {} : { members }),
    decidedAt: now,
    sequence: null,
  }
}
