/** Gateways, CRM and ERP in processes of their own, on ports that are known before any of them runs. */

import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GraphQLClient } from 'graphql-request'
import { type LockstepProcess, type Script, startProcess } from './process.ts'

export type Part = 'GATEWAY' | 'OTHER_GATEWAY' | 'CRM' | 'ERP'
const PARTS: readonly Part[] = ['GATEWAY', 'OTHER_GATEWAY', 'CRM', 'ERP']
const SCRIPTS: Readonly<Record<Part, Script>> = {
  GATEWAY: 'start:gateway',
  OTHER_GATEWAY: 'start:gateway',
  CRM: 'start:crm',
  ERP: 'start:erp',
}

export interface Apart {
  /** Of all that they keep. */
  readonly directory: string
  /** Of a part, whether it runs or not. */
  readonly url: (part: Part) => string
  readonly graph: GraphQLClient
  readonly otherGraph: GraphQLClient
  readonly crm: GraphQLClient
  readonly erp: GraphQLClient
  /** Resolves when the part is ready. `env` adds to its settings. */
  readonly start: (part: Part, env?: Readonly<Record<string, string>>) => Promise<LockstepProcess>
  /** Ends a part that runs, and resolves with how it ended. */
  readonly end: (part: Part, signal: NodeJS.Signals) => Promise<Awaited<LockstepProcess['exit']>>
  readonly dispose: () => Promise<void>
}

export async function apart(settings: Readonly<Record<string, string>>): Promise<Apart> {
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-apart-'))
  const [gateway, otherGateway, crm, erp] = await freePorts(PARTS.length)
  const ports = { GATEWAY: gateway, OTHER_GATEWAY: otherGateway, CRM: crm, ERP: erp }
  const url = (part: Part) => `http://127.0.0.1:${ports[part]}`
  const running = new Map<Part, LockstepProcess>()
  const environment = {
    LOCKSTEP_DATA_DIR: directory,
    LOCKSTEP_LOG_LEVEL: 'silent',
    LOCKSTEP_CRM_URL: url('CRM'),
    LOCKSTEP_ERP_URL: url('ERP'),
    LOCKSTEP_GATEWAY_URLS: `${url('GATEWAY')},${url('OTHER_GATEWAY')}`,
    ...settings,
  }
  const end = async (part: Part, signal: NodeJS.Signals) => {
    const process = running.get(part)
    if (process === undefined) throw new TypeError(`${part} does not run`)
    running.delete(part)
    process.signal(signal)
    return process.exit
  }
  return {
    directory,
    url,
    graph: new GraphQLClient(`${url('GATEWAY')}/graphql`),
    otherGraph: new GraphQLClient(`${url('OTHER_GATEWAY')}/graphql`),
    crm: new GraphQLClient(`${url('CRM')}/crm/graphql`),
    erp: new GraphQLClient(`${url('ERP')}/erp/graphql`),
    async start(part, env = {}) {
      const started = startProcess({ ...environment, LOCKSTEP_PORT: String(ports[part]), ...env }, SCRIPTS[part])
      running.set(part, started)
      await started.url
      return started
    },
    end,
    async dispose() {
      await Promise.all([...running.keys()].map((part) => end(part, 'SIGKILL')))
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Below what the kernel hands out for outgoing connections, so that nobody takes them meanwhile. */
const LOWEST_PORT = 20_000
const PORTS = 12_000

/** All taken at once, so that no two are the same, and given back. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = new Map<number, Server>()
  while (servers.size < count) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ])
    if (isFree) servers.set(port, server)
  }
  await Promise.all([...servers.values()].map((server) => once(server.close(), 'close')))
  return [...servers.keys()]
}
