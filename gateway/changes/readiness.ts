/** Whether changes reach their subscribers, for whoever asks if the process is ready. */

import type { Dependency } from '../../schema/process/http/parts.ts'
import type { OutOfOrder } from './relay/disorder.ts'
import type { Relay } from './relay/relay.ts'
import type { ChangeStream } from './stream/stream.ts'

export function changeDependency(
  stream: Pick<ChangeStream, 'relay'>,
  relay: Pick<Relay, 'standsBefore' | 'disorder'>,
): Dependency {
  return {
    name: 'the change stream',
    async check() {
      const { progress } = await stream.relay()
      const transactionId = relay.standsBefore(progress)
      if (transactionId !== null) return `stands still before the transaction ${transactionId}: see the log`
      return disordered(relay.disorder())
    },
  }
}

/** Rows come in order from a store that is whole: the order is that of an index. */
function disordered(found: OutOfOrder | null): string | null {
  if (found === null) return null
  return `stands still because ${found.message}: check the store of the ${found.system}, or restore it, and it goes on`
}
