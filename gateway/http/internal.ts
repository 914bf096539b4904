/** Mounts what each system offers to other processes of Lockstep: its participant protocol and its subgraph. */

import type { HttpPlugin } from './parts.ts'

export const internal: HttpPlugin = (server, parts) => {
  for (const { prefix, routes } of parts.internal) server.register(routes, { prefix })
}
