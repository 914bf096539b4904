/** How the suites of the contract get a stream, and say the common things to it. */

import { afterEach, beforeEach, expect } from 'vitest'
import type { System, TransactionId } from '../../../../schema/record.ts'
import type {
  Append,
  AppendAnswer,
  Change,
  ChangeStream,
  Entry,
  PageLimits,
  ReadAnswer,
  ReadFrom,
  RelayState,
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

/** The changes that a system's commits in (after, through] publish, one each, which is named `<system> <sequence>`. */
export function changesOf(system: System, after: number, through: number): readonly Change[] {
  return Array.from({ length: through - after }, (_, index) => change(`${system} ${after + index + 1}`))
}

/** What the next commits of a system publish after a state, and the progress that they make. */
export function next({ progress }: RelayState, system: System, count: number): Pick<Append, 'progress' | 'changes'> {
  const { through } = progress[system]
  return {
    progress: { ...progress, [system]: { through: through + count, ahead: [] } },
    changes: changesOf(system, through, through + count),
  }
}

/** The state under a lease that is taken, in the place of a holder if one is given. */
export async function leased(stream: ChangeStream, instead: RelayState | null = null): Promise<RelayState> {
  const answer = await stream.acquire({ holder: crypto.randomUUID(), instead })
  expect(answer.acquire).toBe('GRANTED')
  return answer.state
}

/** Appends after a state and under its lease. */
export function appended(
  stream: ChangeStream,
  state: RelayState,
  append: Pick<Append, 'changes'> & Partial<Append>,
): Promise<AppendAnswer> {
  return stream.append({ lease: state, version: state.version, progress: state.progress, now: NOW, ...append })
}

/** Appends what the system's next commits publish, one change each, in one go, whoever else appends meanwhile. */
export async function published(stream: ChangeStream, system: System, count: number, now = NOW): Promise<void> {
  for (;;) {
    const { state } = await stream.acquire({ holder: crypto.randomUUID(), instead: await stream.relay() })
    const { append } = await appended(stream, state, { ...next(state, system, count), now })
    if (append !== 'APPENDED') continue
    return stream.release(state)
  }
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
