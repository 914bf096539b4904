/**
 * Two orders of commits made into one: pure.
 *
 * A transaction is published once it is seen committed in every system that took part, so that whoever reads the graph
 * on the event finds it there; until then whatever wrote one of its records after it waits behind it, and all else goes
 * ahead. For each record the order of publication is the order of its commits in its system. Since a transaction holds
 * the locks of all its records while it is decided, the two systems never order two transactions differently.
 */

import type { TransactionRow } from '../../../schema/participant.ts'
import { SYSTEMS, type System, type TransactionId } from '../../../schema/record.ts'
import type { Progress, Span } from '../stream/stream.ts'
import { withSpans } from './reach.ts'

/** A row of an outbox: a transaction as one system committed it. */
export interface Commit {
  readonly system: System
  readonly sequence: number
  readonly row: TransactionRow
  /** Of its writes, more or less: a batch may have thousands. */
  readonly bytes: number
}

/** What has been read of each outbox and not been dealt with, in the order of the commits. */
export type Windows = Readonly<Record<System, readonly Commit[]>>

/** A transaction as every system that took part has committed it, one commit for each. */
export type CommittedTransaction = readonly Commit[]

export interface Merged {
  /** To be published in this order. */
  readonly transactions: readonly CommittedTransaction[]
  /** What has been dealt with once they are. */
  readonly progress: Progress
  /** What has to wait for commits that are still to be seen. */
  readonly windows: Windows
}

/** A transaction as far as it has been seen. */
interface Candidate {
  readonly commits: Commit[]
  /** Of how many of its records an earlier write is not published. */
  behind: number
  isPassed: boolean
}

export function merge(progress: Progress, windows: Windows): Merged {
  const dealt: Record<System, Span[]> = { CRM: [], ERP: [] }
  const candidates = new Map<TransactionId, Candidate>()
  /** By record, those that write it and are not published, in their order. */
  const lines = new Map<string, Candidate[]>()
  for (const commit of SYSTEMS.flatMap((system) => windows[system])) {
    if (isQueuedLeg(commit)) dealt[commit.system].push([commit.sequence, commit.sequence])
    else lineUp(candidateFor(commit, candidates), commit, lines)
  }
  const published = inOrder([...candidates.values()], lines)
  for (const { system, sequence } of published.flat()) dealt[system].push([sequence, sequence])
  const reachOf = (system: System) => withSpans(progress[system], dealt[system])
  const settled = new Set(SYSTEMS.flatMap((system) => dealt[system].map(([sequence]) => `${system} ${sequence}`)))
  const restOf = (system: System) => windows[system].filter(({ sequence }) => !settled.has(`${system} ${sequence}`))
  return {
    transactions: published,
    progress: { CRM: reachOf('CRM'), ERP: reachOf('ERP') },
    windows: { CRM: restOf('CRM'), ERP: restOf('ERP') },
  }
}

/** A leg that followed its origin's commit, which has been published as the transaction that it is of. */
function isQueuedLeg({ row: { id } }: Commit): boolean {
  return SYSTEMS.some((system) => id.endsWith(`/${system}`))
}

function candidateFor({ row: { id } }: Commit, candidates: Map<TransactionId, Candidate>): Candidate {
  const candidate = candidates.get(id) ?? { commits: [], behind: 0, isPassed: false }
  candidates.set(id, candidate)
  return candidate
}

function lineUp(candidate: Candidate, commit: Commit, lines: Map<string, Candidate[]>): void {
  candidate.commits.push(commit)
  for (const record of recordsOf(commit)) {
    const line = lines.get(record) ?? []
    lines.set(record, line)
    if (line.length > 0) candidate.behind += 1
    line.push(candidate)
  }
}

/** In the order in which they were seen, but for those that others hold up: they follow the last of these at once. */
function inOrder(
  candidates: readonly Candidate[],
  lines: ReadonlyMap<string, Candidate[]>,
): readonly CommittedTransaction[] {
  const published: CommittedTransaction[] = []
  for (const candidate of candidates) {
    candidate.isPassed = true
    const ready = isReady(candidate) ? [candidate] : []
    for (const { commits } of ready) {
      published.push(commits)
      ready.push(...leaveLines(commits, lines).filter((next) => next.isPassed && isReady(next)))
    }
  }
  return published
}

function isReady({ commits, behind }: Candidate): boolean {
  const needed = commits[0]?.row.participants.length
  return behind === 0 && commits.length === needed
}

/** Who is first in one of the lines now. */
function leaveLines(commits: CommittedTransaction, lines: ReadonlyMap<string, Candidate[]>): readonly Candidate[] {
  const first = commits.flatMap(recordsOf).flatMap((record) => {
    const line = lines.get(record)
    line?.shift()
    const next = line?.[0]
    if (next === undefined) return []
    next.behind -= 1
    return [next]
  })
  return [...new Set(first)]
}

function recordsOf({ system, row }: Commit): readonly string[] {
  return [...new Set(row.writes.map(({ table, key }) => `${system} ${table} ${key}`))]
}

/** Commits that may wait in one window while the other is read. */
const WINDOW_ROWS = 500
const WINDOW_BYTES = 16 * 1_024 * 1_024

/**
 * Whether more of a system's outbox is to be read while these wait. A full window waits for the other system; where both
 * are full, what either waits for may be further on in both.
 */
export function mayRead(windows: Windows, system: System): boolean {
  return !isFull(windows[system]) || SYSTEMS.every((one) => isFull(windows[one]))
}

function isFull(window: readonly Commit[]): boolean {
  return window.length >= WINDOW_ROWS || bytesOf(window) >= WINDOW_BYTES
}

function bytesOf(commits: readonly Commit[]): number {
  return commits.reduce((sum, { bytes }) => sum + bytes, 0)
}
