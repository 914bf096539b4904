/** Carries out faults on a cluster, several at once, and heals what it broke. */

import { setTimeout as pause } from 'node:timers/promises'
import { type Cluster, EDGES, MEMBERS, type Member } from './cluster.ts'
import type { Fault } from './schedule.ts'

export interface Inflicted {
  kills: number
  /** Of the kills: those of a process that was starting. */
  killsWhileStarting: number
  freezes: number
  edgeFaults: number
}

export interface Inflicter {
  readonly inflicted: Readonly<Inflicted>
  /** Resolves when the fault has struck; its end comes by itself. False: it had nothing to strike. */
  strike(fault: Fault): Promise<boolean>
  /** Ends every fault, and resolves when all processes are ready. */
  heal(): Promise<void>
}

export function inflicterOf(cluster: Cluster): Inflicter {
  const inflicted: Inflicted = { kills: 0, killsWhileStarting: 0, freezes: 0, edgeFaults: 0 }
  const busy = new Set<string>()
  const endings = new Set<Promise<void>>()
  const starts = new Map<Member, Promise<void>>()
  const healing = new AbortController()

  const start = (member: Member): void => {
    starts.set(member, cluster.start(member))
  }

  /** What ends by itself, once `ms` are over or everything is healed. */
  const after = (ms: number, name: string, end: () => void | Promise<void>): void => {
    busy.add(name)
    const wait = pause(ms, undefined, { signal: healing.signal }).catch(() => undefined)
    const ending = wait.then(end).finally(() => {
      busy.delete(name)
      endings.delete(ending)
    })
    endings.add(ending)
  }

  return {
    inflicted,
    async strike(fault) {
      const name = fault.kind === 'EDGE' ? fault.edge : fault.member
      if (busy.has(name)) return false
      switch (fault.kind) {
        case 'KILL': {
          const isStarting = cluster.url(fault.member) === null
          if (isStarting && !fault.evenAtStart) return false
          inflicted.kills += 1
          if (isStarting) inflicted.killsWhileStarting += 1
          await cluster.kill(fault.member)
          after(fault.downMs, name, () => start(fault.member))
          return true
        }
        case 'FREEZE':
          inflicted.freezes += 1
          cluster.freeze(fault.member)
          after(fault.ms, name, () => cluster.thaw(fault.member))
          return true
        case 'EDGE': {
          const { edge, behaviour, cut } = fault
          inflicted.edgeFaults += 1
          cluster.proxy(edge).behave(behaviour)
          after(fault.ms, name, () => {
            if (cut) cluster.proxy(edge).cut()
            cluster.proxy(edge).behave({ kind: 'PASS' })
          })
          return true
        }
        default:
          return fault satisfies never
      }
    },
    async heal() {
      healing.abort()
      await Promise.all(endings)
      for (const edge of EDGES) {
        cluster.proxy(edge).behave({ kind: 'PASS' })
        // What has come half way would be waited for until the end of its request's time.
        cluster.proxy(edge).cut()
      }
      for (const member of MEMBERS) cluster.thaw(member)
      await Promise.all(starts.values())
    },
  }
}
