import { describe, expect, it } from 'vitest'
import { fitting } from '../../../schema/fitting.ts'
import type { TransactionQuery, TransactionRow } from '../../../schema/participant.ts'
import { SYSTEMS, type System } from '../../../schema/record.ts'
import { createManualClock } from '../../../test/coordinator/manual-clock.ts'
import { createKeptLog, until } from '../../../test/coordinator/two-systems.ts'
import { decideAppend } from '../stream/append.ts'
import { change } from '../stream/contract/opened.contract.ts'
import { granted, UNTOUCHED } from '../stream/lease.ts'
import type { Append, RelayState } from '../stream/stream.ts'
import { commit } from './merge.fixture.ts'
import { heardOutbox } from './participant-outbox.ts'
import { type RelayOptions, startRelay } from './relay.ts'

const MIB = 1_024 * 1_024
const BATCHES = 60
const BATCH_BYTES = 2 * MIB
/** For each system a window, the page that fills it, and the one that is read ahead; and what is being appended. */
const HELD_MAX = 2 * (16 + 4 + 4) * MIB + 4 * MIB

const BALLAST = 'x'.repeat(BATCH_BYTES)

/** A batch that both systems commit. */
function batch(system: System, sequence: number): TransactionRow {
  const { row } = commit(system, sequence, `batch ${sequence}`, { CRM: [`${sequence}`], ERP: [`${sequence}`] })
  return { ...row, writes: row.writes.map((write) => ({ ...write, after: { ballast: BALLAST } })) }
}

/** Two systems that have committed the batches already, and what a relay has read of them and not yet appended. */
class Held {
  readonly appends: Append[] = []
  max = 0
  readonly read: Record<System, number> = { CRM: 0, ERP: 0 }
  #state: RelayState = UNTOUCHED

  participant(system: System, committed: () => number) {
    return {
      system,
      look: async (query: TransactionQuery): Promise<readonly TransactionRow[]> => {
        if (query.by !== 'COMMITTED_AFTER') throw new TypeError('only the outbox is read')
        const there = Math.min(query.limit, committed() - query.sequence)
        const count = fitting(
          Array.from({ length: there }, () => BATCH_BYTES + 200),
          query.bytesMax,
        )
        const rows = Array.from({ length: count }, (_, index) => batch(system, query.sequence + index + 1))
        this.read[system] = query.sequence + count
        this.max = Math.max(this.max, this.bytes)
        return rows
      },
      onCommit: () => {},
    }
  }

  get bytes(): number {
    const { progress } = this.#state
    return SYSTEMS.reduce((sum, system) => sum + (this.read[system] - progress[system].through) * BATCH_BYTES, 0)
  }

  readonly stream: RelayOptions['stream'] = {
    relay: async () => this.#state,
    acquire: async (request) => {
      this.#state = granted(this.#state, request)
      return { acquire: 'GRANTED', state: this.#state }
    },
    renew: async () => true,
    release: async () => {},
    drop: async () => ({ entries: 0, isDone: true }),
    append: async (append) => {
      this.appends.push(append)
      const answer = decideAppend(this.#state, append)
      this.#state = answer.state
      return answer
    },
  }
}

function relaying(held: Held, committed: (system: System) => number) {
  return startRelay({
    ...{ stream: held.stream, clock: createManualClock(0), log: createKeptLog(), isAlone: true },
    keep: { ageMsMax: 1, bytesMax: 1 },
    outboxes: SYSTEMS.map((system) => heardOutbox(held.participant(system, () => committed(system)))),
    publication: ([first]) => [change(first?.row.id ?? '', { transaction: first?.row.id ?? '' })],
  })
}

/** Long enough for whoever has nothing to wait for to read on. */
async function aWhile(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

describe('A relay of large batches', () => {
  it('holds little of them at any time, and appends a few at once', async () => {
    const held = new Held()
    const relay = relaying(held, () => BATCHES)
    await until(async () => held.read.CRM + held.read.ERP === 2 * BATCHES && held.bytes === 0)
    await relay.stop()
    expect(held.appends.flatMap(({ changes }) => changes)).toHaveLength(BATCHES)
    expect(Math.max(...held.appends.map(({ changes }) => changes.length))).toBe(1)
    expect(held.max).toBeLessThanOrEqual(HELD_MAX)
  })

  it('reads no further of one system than that while the other has to catch up', async () => {
    const held = new Held()
    const relay = relaying(held, (system) => (system === 'CRM' ? BATCHES : 0))
    for (let read = -1; read < held.read.CRM; ) {
      read = held.read.CRM
      await aWhile()
    }
    await relay.stop()
    expect(held.bytes).toBeGreaterThanOrEqual(16 * MIB)
    expect(held.max).toBeLessThanOrEqual(HELD_MAX / 2)
    expect(held.appends).toEqual([])
  })
})
