/** Whether changes reach their subscribers, for whoever asks if the process is ready. */

import type { Dependency } from '../../schema/process/http/parts.ts'
import type { Relay } from './relay/relay.ts'
import type { ChangeStream } from './stream/stream.ts'

export function changeDependency(stream: Pick<ChangeStream, 'relay'>, relay: Pick<Relay, 'standsBefore'>): Dependency {
  return {
    name: 'the change stream',
    async check() {
      const { progress } = await stream.relay()
      const transactionId = relay.standsBefore(progress)
      return transactionId === null ? null : `stands still before the transaction ${transactionId}: see the log`
    },
  }
}
