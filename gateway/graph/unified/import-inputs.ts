/** What imports are asked for with. */

import 'reflect-metadata'
import { Field, Float, ID, InputType, Int } from 'type-graphql'
import type { System } from '../../../schema/record.ts'
import { SCALARS } from '../../../schema/scalars.ts'
import type { CsvRequest, ImportRequest } from '../../imports/api/import-request.ts'
import type { JobState } from '../../imports/job/job.ts'
import { SystemEnum } from './enums.ts'
import {
  BlankCellsEnum,
  ImportAtomicityEnum,
  ImportDuplicatesEnum,
  ImportFormatEnum,
  ImportModeEnum,
  ImportOperationEnum,
  ImportStateEnum,
  UnknownColumnsEnum,
} from './import-enums.ts'

@InputType('CreateUploadInput', {
  description: 'What is known of a file before it is sent. All of it may be left out.',
})
export class CreateUploadInput {
  @Field(() => String, { nullable: true, description: 'What the file is called; its ending tells its format.' })
  readonly filename?: string | null

  @Field(() => String, { nullable: true, description: 'Its media type, for example `text/csv`.' })
  readonly contentType?: string | null

  @Field(() => Float, { nullable: true, description: 'Its size in bytes; a file of another size is refused.' })
  readonly size?: number | null

  @Field(() => String, {
    nullable: true,
    description: 'Its SHA-256 in 64 hexadecimal digits, lower case; a file with another one is refused.',
  })
  readonly sha256?: string | null
}

@InputType('NativeTableInput', { description: "A table of one system, in that system's own terms." })
export class NativeTableInput {
  @Field(() => SystemEnum, { description: 'The system.' })
  readonly system!: System

  @Field(() => String, { description: 'The table.' })
  readonly table!: string
}

@InputType('ImportSourceInput', { description: 'Where the rows come from: exactly one of the two.' })
export class ImportSourceInput {
  @Field(() => ID, { nullable: true, description: 'An upload, whose file may still be to come.' })
  readonly uploadId?: string | null

  @Field(() => [SCALARS.JSON], { nullable: true, description: 'The rows themselves, as JSON objects: 500 at most.' })
  readonly rows?: readonly unknown[] | null
}

@InputType('ImportCellInput', { description: 'What cells of just one text stand for.' })
export class ImportCellInput {
  @Field(() => String, { description: 'The text, as `Germany`.' })
  readonly from!: string

  @Field(() => String, { description: 'What a cell would have instead, as `DE`.' })
  readonly to!: string
}

@InputType('ImportColumnInput', { description: 'Which column goes to which field.' })
export class ImportColumnInput {
  @Field(() => String, { description: 'Header of the column; in a JSON row a name, or a path like `address.city`.' })
  readonly from!: string

  @Field(() => String, {
    description: 'The field: `name`, `group.code` of what a reference names, `lines.quantity` of a part.',
  })
  readonly to!: string

  @Field(() => [ImportCellInput], {
    nullable: true,
    description: 'What some of its cells stand for; the others are taken as they are.',
  })
  readonly values?: readonly ImportCellInput[] | null
}

@InputType('ImportConstantInput', { description: 'A value for every row that gives none itself.' })
export class ImportConstantInput {
  @Field(() => String, { description: 'The field, as in a column.' })
  readonly to!: string

  @Field(() => String, { description: 'The value, as a cell would have it.' })
  readonly value!: string
}

@InputType('CsvOptionsInput', { description: 'How a CSV file is to be read. What is left out is found.' })
export class CsvOptionsInput implements CsvRequest {
  @Field(() => String, { nullable: true, description: 'A comma, a semicolon, a tab or a bar.' })
  readonly delimiter?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'What cells are put in where they need to be: `"` or `\'`; empty where a quote is a character like others.',
  })
  readonly quote?: string | null

  @Field(() => String, { nullable: true, description: '`UTF-8`, `UTF-16LE`, `UTF-16BE` or `windows-1252`.' })
  readonly encoding?: string | null

  @Field(() => [String], {
    nullable: true,
    description: 'The names of the columns, for a file whose first line is a row already.',
  })
  readonly header?: readonly string[] | null
}

@InputType('BulkImportInput', { description: 'What to import, and how.' })
export class BulkImportInput implements ImportRequest {
  @Field(() => String, { nullable: true, description: 'The entity that each row is a record of.' })
  readonly entity?: string | null

  @Field(() => NativeTableInput, {
    nullable: true,
    description: 'Instead of an entity: a table of one system. The other system is taken along.',
  })
  readonly native?: NativeTableInput | null

  @Field(() => ImportSourceInput, { description: 'Where the rows come from.' })
  readonly source!: ImportSourceInput

  @Field(() => ImportFormatEnum, { nullable: true, description: 'What the file is; found where it is left out.' })
  readonly format?: 'CSV' | 'JSONL' | null

  @Field(() => CsvOptionsInput, { nullable: true, description: 'How a CSV file is to be read.' })
  readonly csv?: CsvOptionsInput | null

  @Field(() => [ImportColumnInput], {
    nullable: true,
    description:
      'Which column goes to which field. Left out, headers are field names, or else names of native columns of either ' +
      'system, whose cells are then native values.',
  })
  readonly columns?: readonly ImportColumnInput[] | null

  @Field(() => [ImportConstantInput], { nullable: true, description: 'Values for every row that gives none itself.' })
  readonly constants?: readonly ImportConstantInput[] | null

  @Field(() => UnknownColumnsEnum, {
    nullable: true,
    defaultValue: 'REFUSE',
    description: 'What becomes of other columns.',
  })
  readonly unknownColumns!: NonNullable<ImportRequest['unknownColumns']> | null

  @Field(() => BlankCellsEnum, {
    nullable: true,
    defaultValue: 'LEAVE',
    description: 'What a blank cell does to its field.',
  })
  readonly blank!: NonNullable<ImportRequest['blank']> | null

  @Field(() => String, {
    nullable: true,
    description: 'A cell of just this text empties its field, as `NULL` does in many files.',
  })
  readonly clearMarker?: string | null

  @Field(() => String, { nullable: true, description: 'What stands before decimals: a point if left out, or a comma.' })
  readonly decimalMark?: string | null

  @Field(() => ImportOperationEnum, { nullable: true, defaultValue: 'UPSERT', description: 'What rows do.' })
  readonly operation!: NonNullable<ImportRequest['operation']> | null

  @Field(() => [String], {
    nullable: true,
    description:
      'Fields by which each row finds its record, instead of the key: those of a unique key of the entity, as ' +
      '`partyNumber` of a customer; the company goes without saying. A record that an upsert creates has the key that the ' +
      'row gives, or the next number.',
  })
  readonly matchBy?: readonly string[] | null

  @Field(() => ImportAtomicityEnum, {
    nullable: true,
    defaultValue: 'ROW',
    description: 'Which rows are written together or not at all.',
  })
  readonly atomicity!: NonNullable<ImportRequest['atomicity']> | null

  @Field(() => Int, {
    nullable: true,
    description: 'Rows of a batch, from 1 to 5,000; left out, it follows from how long batches take.',
  })
  readonly batchSize?: number | null

  @Field(() => ImportModeEnum, { nullable: true, defaultValue: 'COMMIT', description: 'Whether anything is written.' })
  readonly mode!: NonNullable<ImportRequest['mode']> | null

  @Field(() => String, {
    nullable: true,
    description:
      'The `planHash` of a dry run of the same rows to keep to: a row that it would not have written fails, and so does one whose ' +
      'record has been written since.',
  })
  readonly planHash?: string | null

  @Field(() => Int, { nullable: true, description: 'How many rows may fail; one more ends the import as FAILED.' })
  readonly maxFailures?: number | null

  @Field(() => Float, { nullable: true, description: 'The same as a percentage of all rows, from 0 to 100.' })
  readonly maxFailuresPercent?: number | null

  @Field(() => ImportDuplicatesEnum, {
    nullable: true,
    defaultValue: 'FAIL',
    description: 'What becomes of rows of the file with the same key, or with the same values of `matchBy`.',
  })
  readonly duplicates!: NonNullable<ImportRequest['duplicates']> | null

  @Field(() => String, {
    nullable: true,
    description: 'Makes repeats harmless: a second request under the key gets the import of the first.',
  })
  readonly idempotencyKey?: string | null
}

@InputType('ImportJobFilter', { description: 'Which imports to list.' })
export class ImportJobFilterInput {
  @Field(() => [ImportStateEnum], { nullable: true, description: 'In one of these states.' })
  readonly states?: readonly JobState[] | null
}
