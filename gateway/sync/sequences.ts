/**
 * Number sequences: keys that nobody gave. A system keeps the counter; the gateway draws blocks of it, durably before
 * it uses one, so that a create rarely waits for a draw. Numbers left in a block when the process ends are gaps.
 */

import type { Participant } from '../../schema/participant.ts'
import type { System } from '../../schema/record.ts'

const BLOCK_SIZE = 32

interface Block {
  next: number
  readonly end: number
}

export interface Sequences {
  /** The next numbers of a sequence, ascending, each never given twice. Rejects when the system does not answer. */
  draw(system: System, sequence: string, count: number): Promise<readonly number[]>
  /** What `draw` would probably give first, without taking it; null where no block is at hand. */
  peek(system: System, sequence: string): number | null
}

export function createSequences(participants: ReadonlyMap<System, Participant>): Sequences {
  const blocks = new Map<string, Block>()
  const drawing = new Map<string, Promise<void>>()

  async function refill(system: System, sequence: string, name: string, count: number): Promise<void> {
    const participant = participants.get(system)
    if (participant === undefined) throw new TypeError(`no participant for ${system}`)
    const size = Math.max(BLOCK_SIZE, count)
    const first = await participant.draw([{ sequence, count: size }])[0]
    if (first === undefined) throw new TypeError('a draw was not answered')
    blocks.set(name, { next: first, end: first + size })
  }

  return {
    async draw(system, sequence, count) {
      const name = `${system}/${sequence}`
      const numbers: number[] = []
      for (;;) {
        const block = blocks.get(name)
        while (block !== undefined && block.next < block.end && numbers.length < count) numbers.push(block.next++)
        if (numbers.length === count) return numbers
        const missing = count - numbers.length
        const underWay =
          drawing.get(name) ?? refill(system, sequence, name, missing).finally(() => drawing.delete(name))
        drawing.set(name, underWay)
        await underWay
      }
    },
    peek(system, sequence) {
      const block = blocks.get(`${system}/${sequence}`)
      return block !== undefined && block.next < block.end ? block.next : null
    },
  }
}
