/**
 * One reader of the stream for all live subscribers of a process: it waits once for all of them, reads every entry once
 * and offers what it means to each audience, without ever waiting for anyone. It runs as long as somebody listens.
 *
 * A subscriber that has read up to some position by itself joins there. Where the reader has just come past, the entries
 * since are still at hand; where it has yet to come, the subscriber is let in when it does. Either way the subscriber
 * gets what follows its position, all of it and once. Where the stream does not answer, the reader tries again, and
 * everyone stays.
 */

import { StoreClosed } from '../../../schema/process/store-faults.ts'
import type { Clock, Log } from '../../coordinator/environment.ts'
import type { Entry, PageLimits, Position } from '../stream/stream.ts'
import { createTrouble } from '../trouble.ts'
import type { Audience, ChangeMessage } from './audience.ts'
import type { ReadableStream } from './reading.ts'
import { RecentEntries } from './recent-entries.ts'

/** A subscriber, as the reader sees it. None of the calls may come back to the reader before it returns. */
export interface Member {
  readonly audience: Audience
  /** From now on it is offered all that follows its position. */
  joined(): void
  /** False where there is no room. */
  offer(message: ChangeMessage, bytes: number): boolean
  /** It is a member no more, and goes on by itself after the position. */
  released(position: Position): void
  /** The stream is closed: there is nothing to wait for any more. */
  failed(error: unknown): void
}

export interface SharedReaderOptions {
  readonly stream: ReadableStream
  readonly limits: PageLimits
  readonly clock: Pick<Clock, 'after'>
  readonly log: Pick<Log, 'info' | 'warn'>
}

interface Run {
  /** Everything up to it has been offered to all members. */
  position: Position
  readonly recent: RecentEntries
  readonly stop: AbortController
}

export class SharedReader {
  readonly #options: SharedReaderOptions
  readonly #members = new Map<Audience, Set<Member>>()
  /** Who waits for the reader to come to a position. */
  readonly #arrivals = new Map<Position, Set<Member>>()
  /** Null while nobody listens. */
  #run: Run | null = null

  constructor(options: SharedReaderOptions) {
    this.#options = options
  }

  /** Null while nobody listens. */
  get position(): Position | null {
    return this.#run?.position ?? null
  }

  /** Whether whoever stands at the position would be joined at once. */
  knows(position: Position): boolean {
    return this.#run !== null && this.#run.recent.after(position) !== null
  }

  /** Lets the member in at once, or later when the reader comes to the position; where it never does, not at all. */
  join(member: Member, position: Position): void {
    this.#run ??= this.#begin(position)
    const since = this.#run.recent.after(position)
    if (since === null) {
      into(this.#arrivals, position, member)
      return
    }
    into(this.#members, member.audience, member)
    member.joined()
    let before = position
    for (const entry of since) {
      const message = member.audience.messageOf(entry)
      if (message !== null && !member.offer(message, entry.bytes)) {
        this.#release(member, before)
        return
      }
      before = entry.position
    }
  }

  /** Takes a member out, or one that is still waiting at `position`. */
  leave(member: Member, position: Position | null): void {
    outOf(this.#members, member.audience, member)
    if (position !== null) outOf(this.#arrivals, position, member)
    if (this.#members.size === 0 && this.#arrivals.size === 0) this.#end()
  }

  #begin(position: Position): Run {
    const run = { position, recent: new RecentEntries(this.#options.limits, position), stop: new AbortController() }
    void this.#go(run)
    return run
  }

  #end(): void {
    this.#run?.stop.abort()
    this.#run = null
  }

  async #go(run: Run): Promise<void> {
    const { stream, limits, clock, log } = this.#options
    const { signal } = run.stop
    const trouble = createTrouble('read the changes for their live subscribers', { clock, log })
    while (!signal.aborted) {
      try {
        await stream.waitBeyond(run.position, signal)
        const answer = await stream.read({ from: { after: run.position }, ...limits })
        trouble.over()
        if (answer.read === 'PAGE') this.#distribute(run, answer.entries)
        else if (!signal.aborted) this.#dissolve(run)
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof StoreClosed) return this.#dissolve(run, error)
        await trouble.met(error, signal)
      }
    }
  }

  #distribute(run: Run, entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (run.stop.signal.aborted) return
      for (const [audience, members] of this.#members) {
        const message = audience.messageOf(entry)
        if (message === null) continue
        for (const member of members) if (!member.offer(message, entry.bytes)) this.#release(member, run.position)
      }
      run.recent.add(entry)
      run.position = entry.position
      this.#letIn(entry.position)
    }
  }

  #letIn(position: Position): void {
    const here = this.#arrivals.get(position) ?? []
    this.#arrivals.delete(position)
    for (const member of here) {
      into(this.#members, member.audience, member)
      member.joined()
    }
  }

  #release(member: Member, position: Position): void {
    member.released(position)
    this.leave(member, null)
  }

  /** Everyone goes on alone, and learns what there is to learn from the stream itself, or is told already. */
  #dissolve(run: Run, failure: StoreClosed | null = null): void {
    const everyone = [...this.#everyone(run.position)]
    this.#members.clear()
    this.#arrivals.clear()
    this.#end()
    for (const [member, position] of everyone) {
      if (failure !== null) member.failed(failure)
      member.released(position)
    }
  }

  *#everyone(position: Position): Generator<readonly [Member, Position]> {
    for (const members of this.#members.values()) for (const member of members) yield [member, position]
    for (const [there, members] of this.#arrivals) for (const member of members) yield [member, there]
  }
}

function into<K>(groups: Map<K, Set<Member>>, key: K, member: Member): void {
  const group = groups.get(key) ?? new Set()
  group.add(member)
  groups.set(key, group)
}

function outOf<K>(groups: Map<K, Set<Member>>, key: K, member: Member): void {
  const group = groups.get(key)
  group?.delete(member)
  if (group?.size === 0) groups.delete(key)
}
