/** Imports and uploads, as the public API shows them. */

import 'reflect-metadata'
import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import { SCALARS } from '../../../schema/scalars.ts'
import type { Job } from '../../imports/job/job.ts'
import { SystemEnum } from './enums.ts'
import { ImportAtomicityEnum, ImportModeEnum, ImportOperationEnum, ImportStateEnum } from './import-enums.ts'

@ObjectType('NativeTable', { description: 'A table of one system.' })
export class NativeTableObject {
  @Field(() => SystemEnum, { description: 'The system.' })
  readonly system!: string

  @Field(() => String, { description: 'The table.' })
  readonly table!: string
}

@ObjectType('ImportFault', { description: 'Why an import could not go on.' })
export class ImportFaultObject {
  @Field(() => String, { description: 'Kind of the reason.' })
  readonly code!: string

  @Field(() => String, { description: 'The reason in words, and what to do.' })
  readonly message!: string
}

@ObjectType('ImportProgress', { description: 'How far an import is, in numbers.' })
export class ImportProgressObject {
  @Field(() => Int, { nullable: true, description: 'Rows of the source; null until they are counted.' })
  readonly total!: number | null

  @Field(() => Int, { description: 'Rows taken from the source.' })
  readonly read!: number

  @Field(() => Int, {
    description:
      'Rows whose records are as the rows have them: created, updated, unchanged and deleted. 0 in a dry run, which writes ' +
      'nothing: its `outcomes` tell what would become of rows.',
  })
  readonly committed!: number

  @Field(() => Int, { description: 'Rows that failed.' })
  readonly failed!: number

  @Field(() => Int, {
    description: 'Rows with an outcome, but not those that are never attempted because the import ends before.',
  })
  readonly done!: number

  @Field(() => Float, {
    nullable: true,
    description: 'From 0 to 100, by bytes of the file or by rows; null before it is known of how much.',
  })
  readonly percent!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Likewise, of the reading before the first row is written; null for rows given inline.',
  })
  readonly checkedPercent!: number | null

  @Field(() => Float, { description: 'Rows a second over the last seconds; 0 while nothing comes on.' })
  readonly rowsPerSecond!: number

  @Field(() => Float, {
    nullable: true,
    description: 'Seconds to the end, as it looks now; null where it cannot be told.',
  })
  readonly eta!: number | null
}

@ObjectType('ImportOutcomes', {
  description: 'Rows by what became of them. They add up to all rows of an import that is over.',
})
export class ImportOutcomesObject {
  @Field(() => Int, { description: 'Rows that added a record.' })
  readonly created!: number

  @Field(() => Int, { description: 'Rows that changed a record.' })
  readonly updated!: number

  @Field(() => Int, { description: 'Rows whose record was as the row has it.' })
  readonly unchanged!: number

  @Field(() => Int, { description: 'Rows that removed a record.' })
  readonly deleted!: number

  @Field(() => Int, { description: 'Rows that another one with the same key took the place of.' })
  readonly skipped!: number

  @Field(() => Int, { description: 'Rows that were refused: nothing of them is in either system.' })
  readonly failed!: number

  @Field(() => Int, {
    description: 'Rows that were never written because the import ended, or others of theirs failed.',
  })
  readonly notAttempted!: number
}

@ObjectType('ImportFailureSample', { description: 'One failed row.' })
export class ImportFailureSampleObject {
  @Field(() => Int, { description: 'Its number, from 1, without the header.' })
  readonly row!: number

  @Field(() => String, { description: 'Why it failed.' })
  readonly message!: string
}

@ObjectType('ImportFailureGroup', { description: 'Rows that failed for the same reason at the same field.' })
export class ImportFailureGroupObject {
  @Field(() => String, { description: 'Kind of the reason.' })
  readonly code!: string

  @Field(() => String, { nullable: true, description: 'Column or field at fault; null for a row as a whole.' })
  readonly field!: string | null

  @Field(() => Int, { description: 'How many rows.' })
  readonly rows!: number

  @Field(() => [ImportFailureSampleObject], { description: 'Some of them.' })
  readonly samples!: readonly ImportFailureSampleObject[]
}

@ObjectType('ImportJob', { description: 'One import: what was asked for, how far it is, and what became of its rows.' })
export class ImportJobObject {
  /** What its lists are read by. */
  readonly job!: Job

  @Field(() => ID, { description: 'Names the import.' })
  readonly id!: string

  @Field(() => ImportStateEnum, { description: 'How far it is. A state that says that it is over never changes.' })
  readonly state!: string

  @Field(() => String, { nullable: true, description: 'The entity of its rows; null for those of a native table.' })
  readonly entity!: string | null

  @Field(() => NativeTableObject, { nullable: true, description: 'The native table of its rows, if it is one.' })
  readonly native!: NativeTableObject | null

  @Field(() => ImportOperationEnum, { description: 'What its rows do.' })
  readonly operation!: string

  @Field(() => [String], {
    nullable: true,
    description: 'The fields by which its rows find their records; null for the key.',
  })
  readonly matchBy!: readonly string[] | null

  @Field(() => ImportAtomicityEnum, { description: 'Which rows are written together or not at all.' })
  readonly atomicity!: string

  @Field(() => ImportModeEnum, { description: 'Whether anything is written.' })
  readonly mode!: string

  @Field(() => String, { nullable: true, description: 'Who asked for it, as far as is known.' })
  readonly actor!: string | null

  @Field(() => SCALARS.DateTime, { description: 'When it was asked for.' })
  readonly createdAt!: string

  @Field(() => SCALARS.DateTime, { nullable: true, description: 'When its work began.' })
  readonly startedAt!: string | null

  @Field(() => SCALARS.DateTime, { nullable: true, description: 'When it was over.' })
  readonly endedAt!: string | null

  @Field(() => ImportFaultObject, { nullable: true, description: 'Why it could not go on; null where it could.' })
  readonly fault!: ImportFaultObject | null

  @Field(() => ImportProgressObject, { description: 'How far it is, in numbers.' })
  readonly progress!: ImportProgressObject

  @Field(() => ImportOutcomesObject, { description: 'Rows by what became of them.' })
  readonly outcomes!: ImportOutcomesObject

  @Field(() => Int, { description: 'Batches that its rows were taken in so far.' })
  readonly batches!: number

  @Field(() => [ImportFailureGroupObject], { description: 'Failed rows by reason and field: the first 50 kinds.' })
  readonly failureGroups!: readonly ImportFailureGroupObject[]

  @Field(() => String, {
    nullable: true,
    description:
      'Of a dry run that came to its end, the hash of its plan, for an import that is to keep to it; of any other the plan that it ' +
      'keeps to, if any.',
  })
  readonly planHash!: string | null

  @Field(() => String, {
    description:
      'Path of the file of failed rows, in the form and with the columns of the upload, to be corrected and sent again.',
  })
  readonly failuresUrl!: string

  @Field(() => String, {
    description: 'Path of the file that says what became of each row; as JSON lines, with `.jsonl`.',
  })
  readonly resultsUrl!: string

  @Field(() => ID, { nullable: true, description: 'The import whose failed rows these are.' })
  readonly retryOf!: string | null

  @Field(() => ID, {
    nullable: true,
    description:
      'The import of the same package that has to be complete before this one begins. Where it is FAILED, CANCELLED or ' +
      'EXPIRED, this one is FAILED with nothing begun.',
  })
  readonly after!: string | null

  @Field(() => ID, { nullable: true, description: 'The import that this one takes back.' })
  readonly undoOf!: string | null
}

@ObjectType('UploadHeader', { description: 'A header to send a file with.' })
export class UploadHeaderObject {
  @Field(() => String, { description: 'Its name.' })
  readonly name!: string

  @Field(() => String, { description: 'Its value.' })
  readonly value!: string
}

@ObjectType('Upload', { description: 'Where to send a file. Whoever knows the id may send it, once.' })
export class UploadObject {
  @Field(() => ID, { description: 'Names the upload, and is its secret.' })
  readonly id!: string

  @Field(() => String, { description: 'Path of this server to send the file to, as the body of the request.' })
  readonly url!: string

  @Field(() => String, { description: 'HTTP method to send it with.' })
  readonly method!: string

  @Field(() => [UploadHeaderObject], { description: 'Headers to send it with.' })
  readonly headers!: readonly UploadHeaderObject[]

  @Field(() => SCALARS.DateTime, { description: 'When it is dropped, unless an import needs it.' })
  readonly expiresAt!: string
}

@ObjectType('ImportError', { description: 'One reason why what was asked for is refused.' })
export class ImportErrorObject {
  @Field(() => String, { description: 'Kind of the reason.' })
  readonly code!: string

  @Field(() => String, { description: 'The reason in words.' })
  readonly message!: string

  @Field(() => [String], { description: 'Path into the arguments, for example ["input", "columns", "3", "to"].' })
  readonly path!: readonly string[]
}

@ObjectType('CreateUploadPayload', { description: 'Answer to the announcement of a file.' })
export class CreateUploadPayloadObject {
  @Field(() => UploadObject, { nullable: true, description: 'Where to send it; null where it is refused.' })
  readonly upload!: UploadObject | null

  @Field(() => [ImportErrorObject], { description: 'Every reason of a refusal; empty if there is none.' })
  readonly errors!: readonly ImportErrorObject[]
}

@ObjectType('BulkImportPackagePayload', { description: 'Imports that were begun together, or why none was.' })
export class BulkImportPackagePayloadObject {
  @Field(() => [ImportJobObject], { description: 'The imports, in the order in which they are worked at.' })
  readonly jobs!: readonly ImportJobObject[]

  @Field(() => [ImportErrorObject], { description: 'What was wrong with the request. None if they were begun.' })
  readonly errors!: readonly ImportErrorObject[]
}

@ObjectType('BulkImportPayload', { description: 'Answer to what is asked of an import.' })
export class BulkImportPayloadObject {
  @Field(() => ImportJobObject, {
    nullable: true,
    description: 'The import as it is now; null where nothing was done.',
  })
  readonly job!: ImportJobObject | null

  @Field(() => [ImportErrorObject], { description: 'Every reason of a refusal; empty if there is none.' })
  readonly errors!: readonly ImportErrorObject[]
}
