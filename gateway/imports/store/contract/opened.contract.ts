/** How the suites of the contract get a store, and say the common things to it. */

import { afterEach, beforeEach, expect } from 'vitest'
import type { LeaseState } from '../../../changes/stream/lease.ts'
import type { JobDefinition } from '../../job/definition.ts'
import type { AdministratorEvent, WorkerEvent } from '../../job/event.ts'
import { definition, NOW, started, uploaded, validated } from '../../job/job.fixture.ts'
import type { Job, JobId } from '../../job/job.ts'
import type { KeptOutcome, Outcome } from '../../job/outcome.ts'
import type { CreateRequest, JobStore, KeptJob } from '../job-store.ts'

export interface Opened {
  readonly store: JobStore
  /** Opens the same store once more, as another process would. */
  readonly again: () => Promise<JobStore>
  /** Closes whatever is open and removes what was kept. */
  readonly dispose: () => Promise<void>
}

/** An empty store. */
export type Open = () => Promise<Opened>

export interface Subject {
  /** The same store, opened twice. */
  readonly one: JobStore
  readonly other: JobStore
  /** Opened once more, on a new connection. */
  again(): Promise<JobStore>
  /** Closes both and opens them again. */
  reopen(): Promise<void>
}

/** A fresh store for each test. */
export function freshStore(open: Open): Subject {
  let opened: Opened | null = null
  let one: JobStore
  let other: JobStore
  const current = () => {
    if (opened === null) throw new Error('No store is open')
    return opened
  }
  beforeEach(async () => {
    opened = await open()
    one = opened.store
    other = await opened.again()
  })
  afterEach(() => current().dispose())
  return {
    get one() {
      return one
    },
    get other() {
      return other
    },
    again: () => current().again(),
    async reopen() {
      await Promise.all([one.close(), other.close()])
      one = await current().again()
      other = await current().again()
    },
  }
}

export function asked(options: Partial<JobDefinition> = {}, more: Partial<CreateRequest> = {}): CreateRequest {
  return { id: crypto.randomUUID() as JobId, definition: definition(options), at: NOW, rows: null, ...more }
}

export async function made(store: JobStore, options: Partial<JobDefinition> = {}): Promise<KeptJob> {
  const { create, kept } = await store.create(asked(options))
  expect(create).toBe('CREATED')
  return kept
}

/** The job as its store has it; fails where there is none. */
export async function found(store: JobStore, id: JobId): Promise<Job> {
  const kept = await store.find(id)
  if (kept === null) throw new Error(`There is no job ${id}`)
  return kept.job
}

export async function leased(store: JobStore, id: JobId, instead: LeaseState | null = null): Promise<LeaseState> {
  const answer = await store.acquire(id, { holder: crypto.randomUUID(), instead })
  if (answer.acquire !== 'GRANTED') throw new Error(`The lease was not granted but ${answer.acquire}`)
  return answer.lease
}

/** The job after the event, which has to be taken. */
export async function told(store: JobStore, id: JobId, event: AdministratorEvent, actor = 'ada'): Promise<Job> {
  const answer = await store.tell(id, event, actor)
  if (answer.told !== 'DONE') throw new Error(`${event.event} was not done but ${answer.told}`)
  return answer.kept.job
}

/** Likewise, under a lease. */
export async function recorded(store: JobStore, id: JobId, lease: LeaseState, event: WorkerEvent): Promise<Job> {
  const answer = await store.record(id, lease, event)
  if (answer.told !== 'DONE') throw new Error(`${event.event} was not done but ${JSON.stringify(answer)}`)
  return answer.kept.job
}

export interface Running {
  readonly job: Job
  readonly lease: LeaseState
}

/** A job of so many rows, of which none is taken. */
export async function running(store: JobStore, rows: number, options: Partial<JobDefinition> = {}): Promise<Running> {
  const { job } = await made(store, options)
  await told(store, job.id, uploaded(rows))
  const lease = await leased(store, job.id)
  await recorded(store, job.id, lease, started)
  return { job: await recorded(store, job.id, lease, validated(rows)), lease }
}

/** Every outcome, read in small pages. */
export async function everyOutcome(
  store: JobStore,
  id: JobId,
  only: Outcome | null = null,
): Promise<readonly KeptOutcome[]> {
  const all: KeptOutcome[] = []
  for (;;) {
    const page = await store.outcomes(id, { after: all.at(-1)?.outcome.row ?? 0, limit: 3, only })
    all.push(...page.outcomes)
    if (!page.hasMore) return all
  }
}
