import { describe, expect, it } from 'vitest'
import { SYSTEMS, type System } from '../../../schema/record.ts'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import { until } from '../../../test/coordinator/two-systems.ts'
import { decideAppend } from '../stream/append.ts'
import { change } from '../stream/contract/opened.contract.ts'
import { granted, isGranted, UNTOUCHED } from '../stream/lease.ts'
import type { RelayState } from '../stream/stream.ts'
import { commit } from './merge.fixture.ts'
import type { Outbox } from './outbox.ts'
import { type RelayOptions, startRelay } from './relay.ts'

/** One transaction of the CRM, and nothing that comes later. */
function outboxOf(system: System): Outbox {
  const rows = system === 'CRM' ? [commit('CRM', 1, 't1', { CRM: ['a'] }).row] : []
  return {
    system,
    read: async (after) => rows.slice(after),
    last: async () => rows.length,
    waitBeyond: (_, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', reject)),
  }
}

describe('A relay that cannot make the changes of a transaction', () => {
  it('says once that it publishes, however often it tries again, and anew after another was at work', async () => {
    const clock = createManualClock(0)
    const epochs: unknown[] = []
    const line = (fields: object, message: string) => {
      if (message === 'changes are published from here') epochs.push({ ...fields })
    }
    let state: RelayState = UNTOUCHED
    const stream: RelayOptions['stream'] = {
      relay: async () => state,
      async acquire(request) {
        if (!isGranted(state, request)) return { acquire: 'HELD', state }
        state = granted(state, request)
        return { acquire: 'GRANTED', state }
      },
      renew: async () => true,
      release: async () => {
        state = { ...state, holder: null }
      },
      drop: async () => ({ entries: 0, isDone: true }),
      async append(append) {
        const answer = decideAppend(state, append)
        state = answer.state
        return answer
      },
    }
    let tries = 0
    let isBroken = true
    const relay = startRelay({
      ...{ stream, clock, outboxes: SYSTEMS.map(outboxOf), isAlone: false },
      log: { debug: line, info: line, warn: line, error: line },
      keep: { ageMsMax: 1, bytesMax: 1 },
      publication() {
        tries += 1
        if (isBroken) throw new TypeError('out of the blue')
        return [change('a')]
      },
    })
    const tried = (count: number) =>
      until(async () => {
        clock.skip(5_000)
        return tries >= count && state.holder === null
      })
    await tried(5)
    expect(epochs).toEqual([{ epoch: 1 }])
    state = { ...granted(state, { holder: 'another', instead: null }), holder: null }
    const { epoch } = state
    isBroken = false
    await until(async () => {
      clock.skip(5_000)
      return state.progress.CRM.through === 1
    })
    expect(epochs).toEqual([{ epoch: 1 }, { epoch: epoch + 1 }])
    await relay.stop()
  })
})
