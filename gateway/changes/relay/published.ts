/** Whether what was committed has reached the stream, whichever gateway's relay brings it there. */

import type { System } from '../../../schema/participant.ts'
import type { Clock } from '../../coordinator/environment.ts'
import type { Published } from '../feed/published.ts'
import { pause } from '../pause.ts'
import type { ChangeStream } from '../stream/stream.ts'
import type { Outbox } from './outbox.ts'

export interface PublishedOptions {
  readonly stream: Pick<ChangeStream, 'relay'>
  readonly outboxes: readonly Outbox[]
  readonly clock: Pick<Clock, 'after'>
}

/** Between two looks at how far the relay is, in milliseconds. */
const LOOK_EVERY_MS = 10
/** Rows that are read at once. */
const PAGE = 50

export function createPublished({ stream, outboxes, clock }: PublishedOptions): Published {
  /** The last commit of a system that there is now. */
  const lastOf = async (outbox: Outbox, through: number): Promise<number> => {
    const rows = await outbox.read(through, PAGE)
    const last = rows.at(-1)?.sequence ?? through
    return rows.length === 0 ? last : lastOf(outbox, last)
  }
  const isThrough = async (lasts: ReadonlyMap<System, number>): Promise<boolean> => {
    const { progress } = await stream.relay()
    return [...lasts].every(([system, last]) => progress[system].through >= last)
  }
  return async (signal) => {
    const { progress } = await stream.relay()
    const lasts = new Map(
      await Promise.all(
        outboxes.map(async (outbox) => {
          const { system } = outbox
          return [system, await lastOf(outbox, progress[system].through)] as const
        }),
      ),
    )
    while (!(await isThrough(lasts))) {
      signal.throwIfAborted()
      await pause(clock, LOOK_EVERY_MS, signal)
    }
    signal.throwIfAborted()
  }
}
