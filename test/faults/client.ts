/** A client that reads and writes customers through whatever process will listen, and notes what it is told. */

import { setTimeout as pause } from 'node:timers/promises'
import type { Action } from '../linearizability/register.ts'
import type { Random } from '../simulation/kernel/random.ts'
import { type Answer, type Found, foundBy, send, surprisesIn, type Told, toldBy, UNKNOWN } from './answers.ts'
import { type Cluster, GATEWAYS, type Member } from './cluster.ts'
import type { Observer } from './observed.ts'
import { type Api, type Request, readRequest, writeRequest } from './requests.ts'

export interface ClientOptions {
  /** Unlike any other in the stores. */
  readonly name: string
  readonly cluster: Cluster
  readonly observer: Observer
  readonly random: Random
  /** Numbers of the customers that all clients write, and of those that are this one's own. */
  readonly shared: readonly string[]
  readonly own: readonly string[]
  readonly writeTimeoutMs: number
  readonly isOver: () => boolean
  readonly onSurprise: (surprise: string) => void
}

const SENDS_MAX = 4

/** Runs until it is over and the last request is answered or given up. */
export async function runClient(options: ClientOptions): Promise<void> {
  const { name, cluster, observer, random, shared, own, writeTimeoutMs, isOver, onSurprise } = options
  /** What the client takes to be there; nothing where it does not know. */
  const beliefs = new Map<string, Found>()

  /** Null: nobody listens there. */
  async function ask(member: Member, request: Request): Promise<Answer | null> {
    const url = cluster.url(member)
    if (url === null) return null
    const answer = await send(url, request, 2 * writeTimeoutMs)
    for (const surprise of surprisesIn(answer)) onSurprise(`${member} answers ${surprise}`)
    return answer
  }

  async function read(number: string): Promise<boolean> {
    const end = observer.begin(name, number, { act: 'READ' })
    const answer = await ask(random.pick(GATEWAYS), readRequest(number))
    const found = answer === null ? null : foundBy(answer)
    if (found === null) return false
    end(found)
    beliefs.set(number, found)
    return true
  }

  async function write(number: string, { memo, revision }: Found, value: string): Promise<boolean> {
    const action = drawAction(memo === null, value, revision)
    const api = random.pick<Api>(['GRAPH', 'GRAPH', 'GRAPH', 'CRM', 'ERP'])
    const key = random.chance(0.5) ? { idempotencyKey: `${value} of one request` } : {}
    const request = writeRequest(api, number, action, { ...key, timeoutMs: writeTimeoutMs })
    const end = observer.begin(name, number, action)
    const told = await tell(api, request, 'idempotencyKey' in key)
    end(told)
    beliefs.delete(number)
    if (told.told !== 'COMMITTED') return false
    if (told.revision !== null) {
      beliefs.set(number, { memo: action.act === 'DELETE' ? null : value, revision: told.revision })
    }
    return true
  }

  /** Says it once, or under its key again and again until the answer is clear. */
  async function tell(api: Api, request: Request, isKeyed: boolean): Promise<Told> {
    let mayBeUnderWay = false
    for (let sends = 0; sends < (isKeyed ? SENDS_MAX : 1); sends += 1) {
      const answer = await ask(api === 'GRAPH' ? random.pick(GATEWAYS) : api, request)
      const told = answer === null ? null : toldBy(answer)
      if (told !== null && told.told !== 'UNKNOWN') {
        const isOpen = told.told === 'REFUSED' && !told.isFinal && mayBeUnderWay
        if (!isOpen) return told
      }
      if (told !== null) mayBeUnderWay = true
      else if (!mayBeUnderWay) return { told: 'REFUSED', transaction: null, isFinal: false }
      await think()
    }
    return UNKNOWN
  }

  function drawAction(
    isNew: boolean,
    value: string,
    revision: number | null,
  ): Exclude<Action, { act: 'READ' | 'PUT' }> {
    if (isNew) return { act: 'CREATE', value }
    const expected = random.chance(0.25) ? revision : null
    return random.chance(0.08) ? { act: 'DELETE', expected } : { act: 'UPDATE', value, expected }
  }

  /** A client that asked in vain leaves the processors to those who are starting. */
  const think = () => pause(50 + random.below(150))

  for (let turn = 0; !isOver(); turn += 1) {
    const number = random.pick(random.chance(0.5) ? shared : own)
    const belief = beliefs.get(number)
    const isRead = belief === undefined || random.chance(0.3)
    const went = isRead ? await read(number) : await write(number, belief, `${name} ${turn}`)
    if (!went) await think()
  }
}
