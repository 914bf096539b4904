/** Queries and mutations of imports, answered by `gateway/imports`. */

import 'reflect-metadata'
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql'
import type { Imports, Order } from '../../imports/api/imports.ts'
import type { JobId } from '../../imports/job/job.ts'
import type { GraphContext } from '../context.ts'
import { BulkImportInput, CreateUploadInput, ImportJobFilterInput } from './import-inputs.ts'
import { ImportJobConnection } from './import-list-types.ts'
import { pageOf, readPage } from './import-page.ts'
import {
  BulkImportPackagePayloadObject,
  BulkImportPayloadObject,
  CreateUploadPayloadObject,
  ImportJobObject,
} from './import-types.ts'
import { importJobObject, jobPayload, packagePayload, uploadPayload } from './import-view.ts'

/** What the resolvers of imports have in common. */
export interface ImportPorts {
  readonly imports: Imports
  readonly pageSizeMax: number
}

const IMPORT = 'Id of the import.'
const REPEATS = 'Makes repeats harmless: a second request under the key gets the import of the first.'
const PAGE_SIZE = 20

@Resolver()
export class ImportResolver {
  readonly #ports: ImportPorts

  constructor(ports: ImportPorts) {
    this.#ports = ports
  }

  @Query(() => ImportJobObject, {
    nullable: true,
    description: 'An import by its id; null if none has it, or it is forgotten.',
  })
  async importJob(@Arg('id', () => ID, { description: IMPORT }) id: string): Promise<ImportJobObject | null> {
    const { imports } = this.#ports
    const job = await imports.job(id as JobId)
    return job === null ? null : importJobObject(job, imports.progress(job))
  }

  @Query(() => ImportJobConnection, { description: 'Imports, the newest first.' })
  async importJobs(
    @Arg('filter', () => ImportJobFilterInput, { nullable: true, description: 'Which ones; all if left out.' })
    filter: ImportJobFilterInput | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: PAGE_SIZE, description: 'How many at most.' })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Continues after the import with this cursor.' })
    after: string | null,
  ): Promise<ImportJobConnection> {
    const { imports, pageSizeMax } = this.#ports
    const states = filter?.states ?? null
    const list = ['jobs', ...(states ?? [null])]
    const page = readPage(list, { first: first ?? PAGE_SIZE, after: after ?? null }, pageSizeMax)
    // In none of no states there is nothing to look for.
    const found = states?.length === 0 ? NOTHING : await imports.list({ states, before: page.after, limit: page.limit })
    const nodes = found.jobs.map(({ job, number }) => ({ number, node: importJobObject(job, imports.progress(job)) }))
    return pageOf(list, page, nodes, found.hasMore)
  }

  @Mutation(() => CreateUploadPayloadObject, {
    description:
      'Announces a file. Send it to the `url` of the answer, and name its `id` in `bulkImport`, before or after.',
  })
  async createUpload(
    @Arg('input', () => CreateUploadInput, { description: 'What is known of the file.' }) input: CreateUploadInput,
  ): Promise<CreateUploadPayloadObject> {
    const { filename, contentType, size, sha256 } = input
    return uploadPayload(
      await this.#ports.imports.createUpload({
        ...{ name: filename ?? null, contentType: contentType ?? null },
        ...{ size: size ?? null, sha256: sha256 ?? null },
      }),
    )
  }

  @Mutation(() => BulkImportPayloadObject, {
    description:
      'Begins an import, and answers as soon as it is recorded for good: it is worked at from then on, through every crash. ' +
      'Each row is in both systems or in neither, and has one outcome.',
  })
  async bulkImport(
    @Arg('input', () => BulkImportInput, { description: 'What to import, and how.' }) input: BulkImportInput,
    @Ctx() { actor }: GraphContext,
  ): Promise<BulkImportPayloadObject> {
    const { imports } = this.#ports
    return jobPayload(imports, await imports.start(input, actor))
  }

  @Mutation(() => BulkImportPackagePayloadObject, {
    description:
      'Begins an import of each of several files that belong together, as customers, their contacts and their orders with ' +
      'lines. They are worked at one after the other, in the order of the answer: what records refer to before what refers ' +
      'to it. Where one of them is refused, none begins; where one comes to no end of its rows, those behind it are FAILED ' +
      'with nothing begun.',
  })
  async bulkImportPackage(
    @Arg('inputs', () => [BulkImportInput], { description: 'What to import, and how, in any order.' })
    inputs: BulkImportInput[],
    @Ctx() { actor }: GraphContext,
  ): Promise<BulkImportPackagePayloadObject> {
    const { imports } = this.#ports
    return packagePayload(imports, await imports.startPackage(inputs, actor))
  }

  @Mutation(() => BulkImportPayloadObject, {
    description:
      'Has an import begin nothing more. What is under way, a batch at most times a few, is seen to its end.',
  })
  async pauseImport(
    @Arg('id', () => ID, { description: IMPORT }) id: string,
    @Ctx() { actor }: GraphContext,
  ): Promise<BulkImportPayloadObject> {
    return this.#order(id, 'PAUSE', actor)
  }

  @Mutation(() => BulkImportPayloadObject, { description: 'Has a paused import go on where it was.' })
  async resumeImport(
    @Arg('id', () => ID, { description: IMPORT }) id: string,
    @Ctx() { actor }: GraphContext,
  ): Promise<BulkImportPayloadObject> {
    return this.#order(id, 'RESUME', actor)
  }

  @Mutation(() => BulkImportPayloadObject, {
    description: 'Ends an import. What is under way is seen to its end, and what was written stays.',
  })
  async cancelImport(
    @Arg('id', () => ID, { description: IMPORT }) id: string,
    @Ctx() { actor }: GraphContext,
  ): Promise<BulkImportPayloadObject> {
    return this.#order(id, 'CANCEL', actor)
  }

  @Mutation(() => BulkImportPayloadObject, {
    description:
      'Begins a new import of the rows of one that failed, as they were uploaded and with the same options. Where rows are ' +
      'written all or none, those that were left out with them come again as well.',
  })
  async retryImport(
    @Arg('id', () => ID, { description: 'Id of the import whose failed rows are to come again; it must be over.' })
    id: string,
    @Arg('idempotencyKey', () => String, { nullable: true, description: REPEATS }) idempotencyKey: string | null,
    @Ctx() { actor }: GraphContext,
  ): Promise<BulkImportPayloadObject> {
    const { imports } = this.#ports
    return jobPayload(imports, await imports.retry(id as JobId, idempotencyKey ?? null, actor))
  }

  @Mutation(() => BulkImportPayloadObject, {
    description:
      'Begins a new import that takes back what one wrote: what it made is deleted, and what it changed or deleted is as it was ' +
      'before. A record that somebody has written since stays as it is, and is among the failures.',
  })
  async undoImport(
    @Arg('id', () => ID, { description: 'Id of the import to take back; it must be over.' }) id: string,
    @Arg('idempotencyKey', () => String, { nullable: true, description: REPEATS }) idempotencyKey: string | null,
    @Ctx() { actor }: GraphContext,
  ): Promise<BulkImportPayloadObject> {
    const { imports } = this.#ports
    return jobPayload(imports, await imports.undo(id as JobId, idempotencyKey ?? null, actor))
  }

  async #order(id: string, order: Order, actor: string | null): Promise<BulkImportPayloadObject> {
    const { imports } = this.#ports
    return jobPayload(imports, await imports.order(id as JobId, order, actor))
  }
}

const NOTHING = { jobs: [], hasMore: false } as const
