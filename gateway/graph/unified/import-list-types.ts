/** Lists of imports, of their rows and of what was done to them. */

import 'reflect-metadata'
import { Field, ID, Int, ObjectType } from 'type-graphql'
import type { Json } from '../../../schema/record.ts'
import { SCALARS } from '../../../schema/scalars.ts'
import { SystemEnum, WriteOperationEnum } from './enums.ts'
import { ImportStateEnum, RowOutcomeEnum } from './import-enums.ts'
import { ImportJobObject } from './import-types.ts'
import { PageInfoObject } from './transaction-list-types.ts'

const CURSOR = { description: 'Pass it as `after` to continue from here.' }
const PAGE = { description: 'Where the page lies in the list.' }

@ObjectType('ImportJobEdge', { description: 'An import in a list.' })
export class ImportJobEdge {
  @Field(() => ImportJobObject, { description: 'The import.' })
  readonly node!: ImportJobObject

  @Field(() => String, CURSOR)
  readonly cursor!: string
}

@ObjectType('ImportJobConnection', { description: 'A page of a list of imports.' })
export class ImportJobConnection {
  @Field(() => [ImportJobEdge], { description: 'The imports of the page, each with its cursor.' })
  readonly edges!: readonly ImportJobEdge[]

  @Field(() => PageInfoObject, PAGE)
  readonly pageInfo!: PageInfoObject
}

@ObjectType('ImportFailureReason', { description: 'One reason why a row failed.' })
export class ImportFailureReasonObject {
  @Field(() => String, { description: 'Kind of the reason.' })
  readonly code!: string

  @Field(() => String, { nullable: true, description: 'Column or field at fault; null for the row as a whole.' })
  readonly field!: string | null

  @Field(() => SystemEnum, { nullable: true, description: 'The system that refused; null where none was asked.' })
  readonly system!: string | null

  @Field(() => String, { description: 'The reason in words.' })
  readonly message!: string
}

@ObjectType('ImportFailure', { description: 'A row that failed: nothing of it is in either system.' })
export class ImportFailureObject {
  @Field(() => Int, { description: 'Its number, from 1, without the header.' })
  readonly row!: number

  @Field(() => [ImportFailureReasonObject], { description: 'Every reason found; at least one.' })
  readonly reasons!: readonly ImportFailureReasonObject[]

  @Field(() => SCALARS.JSON, {
    description: 'The row as it was uploaded: values by their columns, or a text where it could not be taken apart.',
  })
  readonly uploaded!: Json
}

@ObjectType('ImportFailureEdge', { description: 'A failed row in a list.' })
export class ImportFailureEdge {
  @Field(() => ImportFailureObject, { description: 'The row.' })
  readonly node!: ImportFailureObject

  @Field(() => String, CURSOR)
  readonly cursor!: string
}

@ObjectType('ImportFailureConnection', { description: 'A page of the failed rows, in the order of their file.' })
export class ImportFailureConnection {
  @Field(() => [ImportFailureEdge], { description: 'The rows of the page, each with its cursor.' })
  readonly edges!: readonly ImportFailureEdge[]

  @Field(() => PageInfoObject, PAGE)
  readonly pageInfo!: PageInfoObject
}

@ObjectType('ImportRow', { description: 'What became of a row; in a dry run, what would.' })
export class ImportRowObject {
  @Field(() => Int, { description: 'Its number, from 1, without the header.' })
  readonly row!: number

  @Field(() => RowOutcomeEnum, { description: 'What became of it.' })
  readonly outcome!: string

  @Field(() => ID, { nullable: true, description: 'Id of its record; null where there is none.' })
  readonly id!: string | null

  @Field(() => ID, { nullable: true, description: 'The transaction that wrote it; null where nothing was written.' })
  readonly transactionId!: string | null

  @Field(() => [String], { description: 'Fields that an update changed.' })
  readonly changedFields!: readonly string[]

  @Field(() => Int, {
    nullable: true,
    description:
      'In a dry run whose plan an import can keep to, the revision that the record was judged at; 0 for none.',
  })
  readonly revision!: number | null

  @Field(() => WriteOperationEnum, {
    nullable: true,
    description: 'In a dry run, what would happen to the record in the CRM; null for nothing.',
  })
  readonly crm!: string | null

  @Field(() => WriteOperationEnum, {
    nullable: true,
    description: 'In a dry run, what would happen to the record in the ERP; null for nothing.',
  })
  readonly erp!: string | null
}

@ObjectType('ImportRowEdge', { description: 'A row in a list.' })
export class ImportRowEdge {
  @Field(() => ImportRowObject, { description: 'The row.' })
  readonly node!: ImportRowObject

  @Field(() => String, CURSOR)
  readonly cursor!: string
}

@ObjectType('ImportRowConnection', { description: 'A page of rows, in the order of their file.' })
export class ImportRowConnection {
  @Field(() => [ImportRowEdge], { description: 'The rows of the page, each with its cursor.' })
  readonly edges!: readonly ImportRowEdge[]

  @Field(() => PageInfoObject, PAGE)
  readonly pageInfo!: PageInfoObject
}

@ObjectType('ImportAuditEntry', { description: 'Something that was done to an import, or that it came to.' })
export class ImportAuditEntryObject {
  @Field(() => SCALARS.DateTime, { description: 'When.' })
  readonly at!: string

  @Field(() => String, { description: '`CALLER` where somebody asked for it, `WORKER` where the work came to it.' })
  readonly by!: string

  @Field(() => String, { nullable: true, description: 'Who asked for it, as far as is known.' })
  readonly actor!: string | null

  @Field(() => String, { description: 'What was done, for example `CREATE`, `PAUSE` or `VALIDATED`.' })
  readonly action!: string

  @Field(() => ImportStateEnum, { nullable: true, description: 'The state before; null where the import began.' })
  readonly before!: string | null

  @Field(() => ImportStateEnum, { description: 'The state that it led to.' })
  readonly after!: string
}

@ObjectType('ImportAuditEdge', { description: 'An entry in a list.' })
export class ImportAuditEdge {
  @Field(() => ImportAuditEntryObject, { description: 'The entry.' })
  readonly node!: ImportAuditEntryObject

  @Field(() => String, CURSOR)
  readonly cursor!: string
}

@ObjectType('ImportAuditConnection', { description: 'A page of what was done to an import, the oldest first.' })
export class ImportAuditConnection {
  @Field(() => [ImportAuditEdge], { description: 'The entries of the page, each with its cursor.' })
  readonly edges!: readonly ImportAuditEdge[]

  @Field(() => PageInfoObject, PAGE)
  readonly pageInfo!: PageInfoObject
}
