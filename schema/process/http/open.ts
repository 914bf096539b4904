/** Mounts the routes beside GraphQL that anybody may call, whose bodies are streams. */

import { admit } from './admit.ts'
import type { HttpPlugin } from './parts.ts'

export const open: HttpPlugin = (server, parts) => {
  for (const { prefix, routes } of parts.open ?? []) {
    server.register(
      async (scope) => {
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', (_request, body, done) => done(null, body))
        scope.addHook('onRequest', admit(parts.admission))
        await scope.register(routes)
      },
      { prefix },
    )
  }
}
