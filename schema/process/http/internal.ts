/** Mounts what other processes of Lockstep call: participant protocols, subgraphs, and where native writes are submitted. */

import { admit } from './admit.ts'
import type { HttpPlugin } from './parts.ts'

export const internal: HttpPlugin = (server, parts) => {
  for (const { prefix, routes, admitted } of parts.internal) {
    server.register(
      async (scope) => {
        if (admitted) scope.addHook('onRequest', admit(parts.admission))
        await scope.register(routes)
      },
      { prefix },
    )
  }
}
