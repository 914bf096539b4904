/** How the suites of the contract get a stream, and say the common things to it. */

import { afterEach, beforeEach, expect } from 'vitest'
import type { System, TransactionId } from '../../../../schema/participant.ts'
import type {
  Append,
  AppendAnswer,
  Change,
  ChangeStream,
  Entry,
  Lease,
  PageLimits,
  PublishedCommit,
  ReadAnswer,
  ReadFrom,
  SourceState,
} from '../stream.ts'

export interface Opened {
  readonly stream: ChangeStream
  /** Opens the same stream once more, as another process would. */
  readonly again: () => Promise<ChangeStream>
  /** Closes whatever is open and removes what was kept. */
  readonly dispose: () => Promise<void>
}

/** An empty stream. */
export type Open = () => Promise<Opened>

export type Page = Extract<ReadAnswer, { read: 'PAGE' }>

export interface Subject {
  /** The same stream, opened twice. */
  readonly one: ChangeStream
  readonly other: ChangeStream
  /** Opened once more, on a new connection. */
  again(): Promise<ChangeStream>
  /** Closes both and opens them again. */
  reopen(): Promise<void>
  /** Another stream altogether. */
  foreign(): Promise<ChangeStream>
}

export const NOW = 1_700_000_000_000

/** A fresh stream for each test. */
export function freshStream(open: Open): Subject {
  let opened: Opened[]
  let one: ChangeStream
  let other: ChangeStream
  const first = () => {
    const [stream] = opened
    if (stream === undefined) throw new Error('No stream is open')
    return stream
  }
  beforeEach(async () => {
    opened = [await open()]
    one = first().stream
    other = await first().again()
  })
  afterEach(async () => {
    await Promise.all(opened.map(({ dispose }) => dispose()))
  })
  return {
    get one() {
      return one
    },
    get other() {
      return other
    },
    again: () => first().again(),
    async reopen() {
      await Promise.all([one.close(), other.close()])
      one = await first().again()
      other = await first().again()
    },
    async foreign() {
      const another = await open()
      opened.push(another)
      return another.stream
    },
  }
}

/** A change named `name`, in a transaction of its own unless told otherwise. */
export function change(name: string, { transaction = name, note = '' } = {}): Change {
  return {
    transactionId: transaction as TransactionId,
    entity: 'Customer',
    id: name,
    company: 'usmf',
    operation: 'UPDATE',
    origin: 'GRAPH',
    actor: null,
    systems: ['CRM', 'ERP'],
    revision: 2,
    changedFields: ['name'],
    before: { name: null },
    after: { name: `Wörner & ${name}${note}` },
    at: NOW,
  }
}

/** A commit that publishes changes with these names. */
export function commit(sequence: number, ...names: readonly string[]): PublishedCommit {
  const transaction = `transaction ${names.join()}`
  return { sequence, changes: names.map((name) => change(name, { transaction })) }
}

/** The commits in (after, through], each publishing one change, which is named `<source> <sequence>`. */
export function commits(source: System, after: number, through: number): readonly PublishedCommit[] {
  return Array.from({ length: through - after }, (_, index) => {
    const sequence = after + index + 1
    return commit(sequence, `${source} ${sequence}`)
  })
}

export async function leased(stream: ChangeStream, source: System, instead: SourceState | null = null): Promise<Lease> {
  const answer = await stream.acquire({ source, holder: crypto.randomUUID(), instead })
  expect(answer.acquire).toBe('GRANTED')
  return answer.state
}

/** Appends the source's next commits, one change in each, under a lease taken for it. */
export async function published(stream: ChangeStream, source: System, count: number, now = NOW): Promise<void> {
  const state = await stream.source(source)
  const lease = await leased(stream, source, state)
  await appended(stream, { lease, after: state.through, through: state.through + count, now })
  await stream.release(lease)
}

/** Appends (after, through], by default with one change for each commit. */
export function appended(
  stream: ChangeStream,
  append: Pick<Append, 'lease' | 'after' | 'through'> & Partial<Append>,
): Promise<AppendAnswer> {
  const { lease, after, through } = append
  return stream.append({ commits: commits(lease.source, after, through), now: NOW, ...append })
}

/** A page; fails for any other answer. */
export async function page(stream: ChangeStream, from: ReadFrom, limits: Partial<PageLimits> = {}): Promise<Page> {
  const answer = await stream.read({ from, entriesMax: 1_000, bytesMax: 1_000_000, ...limits })
  if (answer.read !== 'PAGE') throw new Error(`No page but ${answer.read}`)
  return answer
}

export function names(entries: readonly Entry[]): readonly string[] {
  return entries.map(({ change }) => change.id)
}

/** The names of all that is kept. */
export async function kept(stream: ChangeStream): Promise<readonly string[]> {
  return names((await page(stream, 'OLDEST')).entries)
}

export async function end(stream: ChangeStream) {
  return (await page(stream, 'NEWEST')).next
}
