/** Everything but plain HTTP that operations are run over: WebSockets and server-sent events, bounded as one. */

import type { Config } from '../../schema/process/config.ts'
import type { Admission } from '../../schema/process/http/admission.ts'
import type { Transports } from '../../schema/process/http/parts.ts'
import type { Log } from '../../schema/process/log.ts'
import type { Clock } from '../coordinator/environment.ts'
import type { Operations } from '../graph/operations.ts'
import { createConnections } from './connections.ts'
import { createRunner } from './run-operation.ts'
import { eventStreams } from './sse/route.ts'
import { createWebSockets } from './websocket/websockets.ts'
import { pointElsewhere } from './wrong-doors.ts'

export interface TransportParts {
  readonly operations: Operations
  readonly config: Pick<
    Config,
    | 'bodyBytesMax'
    | 'connectionsMax'
    | 'pageOrigins'
    | 'queryTokensMax'
    | 'subscriptionsMax'
    | 'subscriptionsPerConnectionMax'
  >
  readonly clock: Clock
  readonly log: Log
}

/** What one client may have in work over one WebSocket besides its subscriptions. */
const MESSAGES_AT_ONCE_MAX = 100

/** `serve` calls the answer with the admission that all requests share. */
export const transports =
  ({ operations, config, clock, log }: TransportParts) =>
  (admission: Admission): Transports => {
    const { queryTokensMax, bodyBytesMax, pageOrigins, subscriptionsPerConnectionMax } = config
    const connections = createConnections(config, clock)
    const run = createRunner({ operations, admission, queryTokensMax, log })
    const limits = {
      messageBytesMax: bodyBytesMax,
      messagesAtOnceMax: subscriptionsPerConnectionMax + MESSAGES_AT_ONCE_MAX,
      pageOrigins,
    }
    const streams = eventStreams({ connections, run, clock })
    return {
      routes: (server, parts) => {
        pointElsewhere(server)
        streams(server, parts)
      },
      upgrade: createWebSockets({ connections, run, limits, clock, log }),
      close: connections.close,
    }
  }
