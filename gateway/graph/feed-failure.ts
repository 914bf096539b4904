import { StoreClosed, StoreFailed } from '../../schema/process/store-faults.ts'
import { Silence } from '../coordinator/silence.ts'

/** What a feed rejected with, in the words that callers get; anything else as it is. */
export function feedFailure(error: unknown): unknown {
  const isSilent = error instanceof StoreFailed || error instanceof StoreClosed
  return isSilent ? new Silence('The change stream does not answer. Try again.', error) : error
}
