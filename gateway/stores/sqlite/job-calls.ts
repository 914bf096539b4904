/** What the thread of a job store is asked and answers. */

import type { AdministratorEvent, WorkerEvent } from '../../imports/job/event.ts'
import type { JobId } from '../../imports/job/job.ts'
import type { RecordObject } from '../../imports/source/source.ts'
import type { AuditEntry } from '../../imports/store/audit.ts'
import type {
  AcquireAnswer,
  AcquireRequest,
  AuditRequest,
  CreateAnswer,
  CreateRequest,
  Forgotten,
  JobLease,
  JobPage,
  KeptJob,
  ListRequest,
  OutcomesPage,
  OutcomesRequest,
  RecordAnswer,
  TellAnswer,
  WorkItem,
} from '../../imports/store/job-store.ts'

interface OfJob {
  readonly id: JobId
}

interface UnderLease extends OfJob {
  readonly lease: JobLease
}

export type JobCall =
  | { readonly call: 'CREATE'; readonly request: CreateRequest }
  | ({ readonly call: 'FIND' } & OfJob)
  | { readonly call: 'FIND_BY_KEY'; readonly key: string }
  | ({ readonly call: 'INLINE_ROWS' } & OfJob)
  | { readonly call: 'LIST'; readonly request: ListRequest }
  | { readonly call: 'WORK'; readonly after: number; readonly limit: number }
  | ({ readonly call: 'ACQUIRE'; readonly request: AcquireRequest } & OfJob)
  | ({ readonly call: 'RENEW' } & UnderLease)
  | ({ readonly call: 'RELEASE' } & UnderLease)
  | ({ readonly call: 'TELL'; readonly event: AdministratorEvent; readonly actor: string | null } & OfJob)
  | ({ readonly call: 'RECORD'; readonly event: WorkerEvent } & UnderLease)
  | ({ readonly call: 'OUTCOMES'; readonly request: OutcomesRequest } & OfJob)
  | ({ readonly call: 'AUDIT'; readonly request: AuditRequest } & OfJob)
  | { readonly call: 'FORGET'; readonly endedBefore: number; readonly max: number }
  | { readonly call: 'NEWEST' }

export interface JobResults {
  readonly CREATE: CreateAnswer
  readonly FIND: KeptJob | null
  readonly FIND_BY_KEY: KeptJob | null
  readonly INLINE_ROWS: readonly RecordObject[] | null
  readonly LIST: JobPage
  readonly WORK: readonly WorkItem[]
  readonly ACQUIRE: AcquireAnswer
  readonly RENEW: boolean
  readonly RELEASE: null
  readonly TELL: TellAnswer
  readonly RECORD: RecordAnswer
  readonly OUTCOMES: OutcomesPage
  readonly AUDIT: readonly AuditEntry[]
  readonly FORGET: Forgotten
  readonly NEWEST: number
}
