/**
 * A CRM, an ERP and two gateways, each a process of its own, with a faulty proxy on every edge between them. The stores
 * survive their processes.
 */

import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LockstepProcess, type Script, startProcess } from '../process/process.ts'
import { type FaultyProxy, startProxy } from './proxy.ts'

export const MEMBERS = ['CRM', 'ERP', 'GATEWAY_1', 'GATEWAY_2'] as const
export type Member = (typeof MEMBERS)[number]
export const SYSTEMS = ['CRM', 'ERP'] as const satisfies readonly Member[]
export const GATEWAYS = ['GATEWAY_1', 'GATEWAY_2'] as const satisfies readonly Member[]

/** From who calls to who is called. */
export const EDGES = [
  'GATEWAY_1→CRM',
  'GATEWAY_1→ERP',
  'GATEWAY_2→CRM',
  'GATEWAY_2→ERP',
  'CRM→GATEWAY_1',
  'CRM→GATEWAY_2',
  'ERP→GATEWAY_1',
  'ERP→GATEWAY_2',
] as const satisfies readonly `${Member}→${Member}`[]
export type Edge = (typeof EDGES)[number]

export interface Cluster {
  /** Where clients find it; null while it is not ready. */
  url(member: Member): string | null
  /** Begins a start; resolves when the process is ready, or was killed before it was. */
  start(member: Member, settings?: Readonly<Record<string, string>>): Promise<void>
  /** `kill -9`, whatever the process is at. */
  kill(member: Member): Promise<void>
  /** `kill -STOP`, and `kill -CONT`. */
  freeze(member: Member): void
  thaw(member: Member): void
  proxy(edge: Edge): FaultyProxy
  /** What processes wrote to standard error, and any end of one that nobody ordered. */
  complaints(): readonly string[]
  /** Lets every process finish what it is at, gateways first, and end. */
  stop(): Promise<void>
  /** Ends whatever is left. */
  close(): Promise<void>
}

export interface ClusterOptions {
  /** Folder of both stores, and of what each member logs. */
  readonly directory: string
  readonly callTimeoutMs: number
  readonly writeTimeoutMs: number
}

const SCRIPTS: Readonly<Record<Member, Script>> = {
  CRM: 'start:crm',
  ERP: 'start:erp',
  GATEWAY_1: 'start:gateway',
  GATEWAY_2: 'start:gateway',
}

interface Running {
  readonly process: LockstepProcess
  url: string | null
  isOrdered: boolean
}

/** Nothing runs yet. */
export async function createCluster({ directory, callTimeoutMs, writeTimeoutMs }: ClusterOptions): Promise<Cluster> {
  const proxies = new Map(await Promise.all(EDGES.map(async (edge) => [edge, await startProxy()] as const)))
  const running = new Map<Member, Running>()
  const complaints: string[] = []

  const proxy = (edge: Edge): FaultyProxy => {
    const found = proxies.get(edge)
    if (found === undefined) throw new TypeError(`there is no edge ${edge}`)
    return found
  }
  const origins = (...edges: readonly Edge[]) => edges.map((edge) => proxy(edge).origin).join(',')
  const addresses: Readonly<Record<Member, Readonly<Record<string, string>>>> = {
    CRM: { LOCKSTEP_GATEWAY_URLS: origins('CRM→GATEWAY_1', 'CRM→GATEWAY_2') },
    ERP: { LOCKSTEP_GATEWAY_URLS: origins('ERP→GATEWAY_2', 'ERP→GATEWAY_1') },
    GATEWAY_1: { LOCKSTEP_CRM_URL: origins('GATEWAY_1→CRM'), LOCKSTEP_ERP_URL: origins('GATEWAY_1→ERP') },
    GATEWAY_2: { LOCKSTEP_CRM_URL: origins('GATEWAY_2→CRM'), LOCKSTEP_ERP_URL: origins('GATEWAY_2→ERP') },
  }

  /** Proxies to a member lead to this port; null: to nobody. */
  const direct = (member: Member, port: number | null) =>
    Promise.all(EDGES.filter((edge) => edge.endsWith(`→${member}`)).map((edge) => proxy(edge).target(port)))

  async function end(member: Member): Promise<void> {
    const one = running.get(member)
    if (one === undefined) return
    one.isOrdered = true
    one.process.signal('SIGKILL')
    await one.process.exit
    running.delete(member)
    await direct(member, null)
  }

  return {
    url: (member) => running.get(member)?.url ?? null,
    async start(member, settings = {}) {
      const started = startProcess(
        {
          LOCKSTEP_DATA_DIR: directory,
          LOCKSTEP_SERVICE_TOKEN: 'shared-by-all-of-this-cluster',
          LOCKSTEP_LOG_LEVEL: 'error',
          LOCKSTEP_CALL_TIMEOUT_MS: String(callTimeoutMs),
          LOCKSTEP_DEFAULT_TIMEOUT_MS: String(writeTimeoutMs),
          ...addresses[member],
          ...settings,
        },
        SCRIPTS[member],
      )
      const one: Running = { process: started, url: null, isOrdered: false }
      running.set(member, one)
      void started.exit.then(({ code, signal }) => {
        if (!one.isOrdered) complaints.push(`${member} ended by itself: ${code ?? signal}`)
        appendFileSync(join(directory, `${member}.log`), started.stdout())
        if (started.stderr() !== '') complaints.push(`${member} wrote: ${started.stderr()}`)
      })
      const url = await started.url.catch(() => null)
      if (url === null || one.isOrdered) return
      await direct(member, Number(new URL(url).port))
      one.url = url
    },
    kill: end,
    freeze: (member) => running.get(member)?.process.signal('SIGSTOP'),
    thaw: (member) => running.get(member)?.process.signal('SIGCONT'),
    proxy,
    complaints: () => complaints,
    async stop() {
      for (const members of [GATEWAYS, SYSTEMS]) {
        await Promise.all(
          members.map(async (member) => {
            const one = running.get(member)
            if (one === undefined) return
            one.isOrdered = true
            one.process.signal('SIGTERM')
            const { code, signal } = await one.process.exit
            if (code !== 0) complaints.push(`${member} did not stop as it was told: ${code ?? signal}`)
            running.delete(member)
          }),
        )
      }
    },
    async close() {
      await Promise.all(MEMBERS.map(end))
      await Promise.all([...proxies.values()].map((one) => one.close()))
    },
  }
}
