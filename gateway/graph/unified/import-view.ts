/** From what the stores know of imports to the objects of the public API. */

import type { Json } from '../../../schema/record.ts'
import type { Asked } from '../../imports/api/asked.ts'
import { formOf } from '../../imports/api/failure-file.ts'
import type { Imports } from '../../imports/api/imports.ts'
import { asUploaded } from '../../imports/failures/as-uploaded.ts'
import type { Uploaded } from '../../imports/failures/failed-row.ts'
import type { Job } from '../../imports/job/job.ts'
import type { RowFailure, RowOutcome } from '../../imports/job/outcome.ts'
import { planHashOf } from '../../imports/job/plan.ts'
import type { Progress } from '../../imports/job/progress.ts'
import type { AuditEntry } from '../../imports/store/audit.ts'
import type { Upload } from '../../imports/upload/upload.ts'
import { UPLOADS_PATH } from '../../imports/upload/upload-routes.ts'
import type { ImportAuditEntryObject, ImportFailureObject, ImportRowObject } from './import-list-types.ts'
import type {
  BulkImportPackagePayloadObject,
  BulkImportPayloadObject,
  CreateUploadPayloadObject,
  ImportJobObject,
  ImportOutcomesObject,
  ImportProgressObject,
  UploadObject,
} from './import-types.ts'

export function importJobObject(job: Job, progress: Progress): ImportJobObject {
  const { id, definition, phase, fault, failures } = job
  const { target, source, operation, matchBy, atomicity, mode, actor, retryOf, after } = definition
  return {
    ...{ job, id, state: phase.state, operation, matchBy, atomicity, mode, actor, retryOf, after },
    planHash: definition.planHash ?? planHashOf(job),
    undoOf: source.kind === 'UNDO' ? source.of : null,
    entity: target.kind === 'ENTITY' ? target.entity : null,
    native: target.kind === 'NATIVE' ? { system: target.system, table: target.table } : null,
    createdAt: instant(job.createdAt),
    startedAt: job.startedAt === null ? null : instant(job.startedAt),
    endedAt: 'endedAt' in phase ? instant(phase.endedAt) : null,
    fault,
    progress: progressObject(job, progress),
    outcomes: outcomesObject(job),
    batches: job.batches,
    failureGroups: failures.groups,
    failuresUrl: `/imports/${id}/failures.${formOf(job).toLowerCase()}`,
    resultsUrl: `/imports/${id}/results.csv`,
  }
}

function progressObject({ outcomes, definition }: Job, progress: Progress): ImportProgressObject {
  const { etaMs, ...numbers } = progress
  const { CREATED, UPDATED, UNCHANGED, DELETED, FAILED } = outcomes
  return {
    ...numbers,
    failed: FAILED,
    committed: definition.mode === 'DRY_RUN' ? 0 : CREATED + UPDATED + UNCHANGED + DELETED,
    eta: etaMs === null ? null : etaMs / 1_000,
  }
}

function outcomesObject({ outcomes }: Job): ImportOutcomesObject {
  return {
    created: outcomes.CREATED,
    updated: outcomes.UPDATED,
    unchanged: outcomes.UNCHANGED,
    deleted: outcomes.DELETED,
    skipped: outcomes.SKIPPED,
    failed: outcomes.FAILED,
    notAttempted: outcomes.NOT_ATTEMPTED,
  }
}

export function jobPayload(imports: Pick<Imports, 'progress'>, asked: Asked<Job>): BulkImportPayloadObject {
  if (!asked.ok) return { job: null, errors: asked.problems }
  return { job: importJobObject(asked.value, imports.progress(asked.value)), errors: [] }
}

export function packagePayload(
  imports: Pick<Imports, 'progress'>,
  asked: Asked<readonly Job[]>,
): BulkImportPackagePayloadObject {
  if (!asked.ok) return { jobs: [], errors: asked.problems }
  return { jobs: asked.value.map((job) => importJobObject(job, imports.progress(job))), errors: [] }
}

export function uploadPayload(asked: Asked<Upload>): CreateUploadPayloadObject {
  return asked.ok ? { upload: uploadObject(asked.value), errors: [] } : { upload: null, errors: asked.problems }
}

function uploadObject({ id, contentType, expiresAt }: Upload): UploadObject {
  return {
    ...{ id, url: `${UPLOADS_PATH}/${id}`, method: 'PUT' },
    headers: [{ name: 'content-type', value: contentType ?? 'application/octet-stream' }],
    expiresAt: instant(expiresAt),
  }
}

export function failureObject(job: Job, { row, reasons, uploaded }: RowFailure): ImportFailureObject {
  const header = job.format === null ? null : asUploaded(job.format).header
  return { row, reasons, uploaded: uploadedJson(header, uploaded) }
}

/** Cells by their columns, where there are as many. */
function uploadedJson(header: readonly string[] | null, uploaded: Uploaded): Json {
  switch (uploaded.kind) {
    case 'CELLS':
      return header?.length === uploaded.cells.length
        ? Object.fromEntries(header.map((name, at) => [name, uploaded.cells[at] ?? '']))
        : uploaded.cells
    case 'RECORD':
      return uploaded.record
    case 'TEXT':
      return uploaded.text
  }
}

export function rowObject(outcome: RowOutcome): ImportRowObject {
  const base = { row: outcome.row, outcome: outcome.outcome }
  if (!('changedFields' in outcome)) {
    return { ...base, id: null, transactionId: null, changedFields: [], revision: null, crm: null, erp: null }
  }
  const { id, transaction: transactionId, changedFields, judged } = outcome
  const { CRM: crm = null, ERP: erp = null } = judged?.systems ?? {}
  return { ...base, id, transactionId, changedFields, revision: judged?.revision ?? null, crm, erp }
}

export function auditObject({ at, by, actor, action, before, after }: AuditEntry): ImportAuditEntryObject {
  return { at: instant(at), by, actor, action, before, after }
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
