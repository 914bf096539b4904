/** Runs an operation for a connection, whichever transport it came over: bounded, admitted, and let go of in the end. */

import type { OperationTypeNode } from 'graphql'
import type { Admission } from '../../schema/process/http/admission.ts'
import { badRequest, type Failure, INTERNAL, REFUSALS } from '../../schema/process/http/failure.ts'
import { isTooDeep, TOO_DEEP } from '../../schema/process/http/nesting.ts'
import type { Log } from '../../schema/process/log.ts'
import type { Operation, OperationRequest, OperationResult, Operations, StreamedResult } from '../graph/operations.ts'
import type { Connection } from './connections.ts'
import { kindOf } from './operation-kind.ts'

export interface RunnerParts {
  readonly operations: Operations
  readonly admission: Admission
  readonly queryTokensMax: number
  readonly log: Log
}

export interface Asker {
  readonly connection: Connection
  readonly resumeAfter: string | null
  /** Whether a mutation is refused. */
  readonly readOnly: boolean
  /** Ends the operation; nothing is answered any more. May have been given already. */
  readonly signal: AbortSignal
}

/** Where an answer goes. Each call resolves when what it was given has left the process, and the next waits for it. */
export interface Answer {
  /** Instead of a result: the server could not begin. */
  failed(failure: Failure): Promise<void>
  /** Instead of a result: the operation is none that can be begun. */
  refused(errors: NonNullable<OperationResult['errors']>): Promise<void>
  /** The operation is begun: a result will come, now or much later, or several. */
  accepted(): void
  next(result: StreamedResult): Promise<void>
  /** After the last result. */
  complete(): Promise<void>
}

/** Resolves when the operation is over. */
export type RunOperation = (request: OperationRequest, asker: Asker, answer: Answer) => Promise<void>

const READ_ONLY: Failure = { ...badRequest('A mutation must be sent by POST.'), status: 405 }

export function createRunner(parts: RunnerParts): RunOperation {
  return async (request, asker, answer) => {
    using held = new DisposableStack()
    const kind = kindOf(request, parts.queryTokensMax)
    const failure = refusalOf(request, kind, asker) ?? (kind === 'subscription' ? hold(held, asker) : null)
    if (failure !== null) return answer.failed(failure)
    using inFlight = new DisposableStack()
    const refusal = parts.admission.enter()
    if (refusal !== null) return answer.failed(REFUSALS[refusal])
    inFlight.defer(parts.admission.leave)
    // Nobody waits for an answer that nobody is there to get.
    const leave = () => inFlight.dispose()
    asker.signal.addEventListener('abort', leave)
    held.defer(() => asker.signal.removeEventListener('abort', leave))

    const operation = await begin(request, asker, parts)
    if (operation?.operation === 'STREAM') {
      // One that was asked for by its hash alone is known for a subscription only now.
      const late = kind === 'subscription' || asker.signal.aborted ? null : hold(held, asker)
      if (late !== null) return answer.failed(late)
      // Of a subscription only the beginning is in flight: nobody waits for its end.
      inFlight.dispose()
      await answerAll(operation.results, asker.signal, answer)
    } else if (!asker.signal.aborted) {
      await answerOnce(operation, answer)
    }
  }
}

async function answerOnce(operation: Exclude<Operation, { operation: 'STREAM' }> | null, answer: Answer) {
  if (operation === null) return answer.failed(INTERNAL)
  if (operation.operation === 'REFUSED') return answer.refused(operation.errors)
  answer.accepted()
  await answer.next({ result: operation.result, cursor: null })
  return answer.complete()
}

/** Pulled even where the signal came before the first result: whoever makes them lets go at their end. */
async function answerAll(results: AsyncIterable<StreamedResult>, signal: AbortSignal, answer: Answer) {
  if (!signal.aborted) answer.accepted()
  for await (const result of results) {
    if (signal.aborted) return
    await answer.next(result)
  }
  if (!signal.aborted) await answer.complete()
}

/** Why it is not even tried, if there is a reason. */
function refusalOf(request: OperationRequest, kind: OperationTypeNode | null, { readOnly }: Asker): Failure | null {
  if (isTooDeep(request)) return TOO_DEEP
  return kind === 'mutation' && readOnly ? READ_ONLY : null
}

/** Takes the place that a subscription needs for as long as it lasts, or answers why it cannot have one. */
function hold(held: DisposableStack, { connection }: Asker): Failure | null {
  const place = connection.subscribe()
  if (!place.taken) return place.failure
  held.defer(place.giveBack)
  return null
}

async function begin(
  request: OperationRequest,
  { resumeAfter, signal }: Asker,
  { operations, log }: RunnerParts,
): Promise<Operation | null> {
  try {
    return await operations.run(request, { actor: null, resumeAfter }, signal)
  } catch (error) {
    log.error({ err: error }, 'an operation could not be begun')
    return null
  }
}
