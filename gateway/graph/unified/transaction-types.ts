/** Transactions and their legs, as the public API shows them. */

import 'reflect-metadata'
import { Field, ID, Int, ObjectType } from 'type-graphql'
import type { Row } from '../../../schema/record.ts'
import { SCALARS } from '../../../schema/scalars.ts'
import { LegModeEnum, LegStateEnum, OriginEnum, SystemEnum, TransactionStateEnum, WriteOperationEnum } from './enums.ts'

@ObjectType('LegWrite', { description: "The change of one record in one system, in that system's own terms." })
export class LegWriteObject {
  @Field(() => WriteOperationEnum, { description: 'What the write does.' })
  readonly operation!: string

  @Field(() => String, { description: 'Native table.' })
  readonly table!: string

  @Field(() => [String], { description: 'Values of the native key columns, in key order.' })
  readonly key!: readonly string[]

  @Field(() => SCALARS.JSON, {
    nullable: true,
    description: 'The record before the write; null where it did not exist.',
  })
  readonly before!: Row | null

  @Field(() => SCALARS.JSON, {
    nullable: true,
    description: 'The record after the write; null where it does not exist.',
  })
  readonly after!: Row | null

  @Field(() => Int, { description: 'Revision of the record that the write was planned on.' })
  readonly baseRevision!: number

  @Field(() => Int, { description: 'Revision of the record after the write.' })
  readonly revision!: number
}

@ObjectType('Leg', { description: 'The part of a transaction that falls to one system.' })
export class LegObject {
  @Field(() => SystemEnum, { description: 'The system.' })
  readonly system!: string

  @Field(() => LegModeEnum, { description: 'How the leg reaches its system.' })
  readonly mode!: string

  @Field(() => LegStateEnum, { description: 'What the system says of it.' })
  readonly state!: string

  @Field(() => Int, { description: 'How often it was tried.' })
  readonly attempts!: number

  @Field(() => String, { nullable: true, description: 'Why the last try failed; null where none did.' })
  readonly lastError!: string | null

  @Field(() => [LegWriteObject], { description: 'The records that it changes.' })
  readonly writes!: readonly LegWriteObject[] | (() => Promise<readonly LegWriteObject[]>)
}

@ObjectType('Transaction', { description: 'One atomic write, of one or more records, to one or more systems.' })
export class TransactionObject {
  @Field(() => ID, { description: 'Names the transaction in both systems, in logs and in answers.' })
  readonly id!: string

  @Field(() => TransactionStateEnum, { description: 'How far it is.' })
  readonly state!: string

  @Field(() => OriginEnum, { description: 'Where the write came from.' })
  readonly origin!: string

  @Field(() => String, { nullable: true, description: 'Who asked for it, as far as is known.' })
  readonly actor!: string | null

  @Field(() => SCALARS.DateTime, { description: 'When it was begun.' })
  readonly startedAt!: string

  @Field(() => SCALARS.DateTime, { nullable: true, description: 'When its outcome was decided; null until then.' })
  readonly decidedAt!: string | null

  @Field(() => SCALARS.DateTime, {
    nullable: true,
    description: 'When its outcome was applied everywhere; null until then.',
  })
  readonly completedAt!: string | null

  @Field(() => [LegObject], { description: 'Its parts, one for each system that it concerns.' })
  readonly legs!: readonly LegObject[]
}
