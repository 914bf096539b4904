import { getEventListeners } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import { createConnections } from '../connections.ts'
import type { RunOperation } from '../run-operation.ts'
import { subscribeMessage } from './raw-client.fixture.ts'
import { createSession } from './session.ts'

const LIMITS = { connectionsMax: 1, subscriptionsPerConnectionMax: 1, subscriptionsMax: 1 }

/** A client that has begun, whose operations go as `run` says. */
async function initialised(run: RunOperation) {
  const closing = new AbortController()
  const peer = { sendAway: () => undefined, cutOff: () => undefined }
  const session = createSession({
    socket: { send: async () => undefined, close: () => undefined },
    connection: createConnections(LIMITS, createManualClock(0)).open(peer),
    run,
    signal: closing.signal,
    onInitialised: () => undefined,
  })
  const send = (message: object) => session(JSON.stringify(message))
  await send({ type: 'connection_init' })
  return { closing, send, ask: (id: string) => send(subscribeMessage(id, '{ a }')) }
}

/** What nobody holds, some of which only the next turns let go. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  for (let turn = 0; turn < 5; turn += 1) {
    collect()
    await nextTurn()
  }
}

describe('an operation over a WebSocket', () => {
  it('leaves nothing behind on a connection that goes on', async () => {
    const signals: WeakRef<AbortSignal>[] = []
    const { closing, ask } = await initialised(async (_request, { signal }) => {
      signals.push(new WeakRef(signal))
      // As whoever forgets to take it away.
      signal.addEventListener('abort', () => undefined)
    })
    const listeners = getEventListeners(closing.signal, 'abort').length
    for (let count = 0; count < 100; count += 1) await ask('1')
    await collectGarbage()
    expect(signals).toHaveLength(100)
    expect(signals.filter((signal) => signal.deref() !== undefined)).toEqual([])
    expect(getEventListeners(closing.signal, 'abort')).toHaveLength(listeners)
    expect(closing.signal.aborted).toBe(false)
  })

  it('ends with its connection, or alone when the client completes it', async () => {
    const ended: string[] = []
    let count = 0
    const { closing, send, ask } = await initialised(async (_request, { signal }) => {
      count += 1
      const name = `${count}`
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      ended.push(name)
    })
    const asked = ['one', 'two', 'three'].map(ask)
    await send({ id: 'two', type: 'complete' })
    await asked[1]
    expect(ended).toEqual(['2'])
    closing.abort()
    await Promise.all(asked)
    expect(ended).toEqual(['2', '1', '3'])
  })
})
