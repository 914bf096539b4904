/**
 * Browsers open connections before they have anything to ask. Node counts such a connection neither as idle nor as done
 * with, and a server that closes would wait for it.
 */

import type { Socket } from 'node:net'
import type { HttpPlugin } from './parts.ts'

export const unused: HttpPlugin = (server) => {
  const sockets = new Set<Socket>()
  server.server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.addHook('preClose', async () => {
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
  })
}
