/** What `transact` takes and answers, whatever the maps. */

import 'reflect-metadata'
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import { TransactionObject } from './transaction-types.ts'
import { EXPECTED_REVISION, WriteErrorObject } from './write-types.ts'

@InputType('DeleteOperation', { description: 'Deletes a record from both systems.' })
export class DeleteOperationInput {
  @Field(() => ID, { description: 'Id of the record.' })
  readonly id!: string

  @Field(() => Int, { nullable: true, description: EXPECTED_REVISION })
  readonly expectedRevision?: number | null
}

@ObjectType('TransactResult', { description: 'What became of the record of one operation.' })
export class TransactResultObject {
  @Field(() => String, { nullable: true, description: 'The name that the operation gave it; null where it gave none.' })
  readonly as!: string | null

  @Field(() => String, { description: 'Its entity, for example "Customer".' })
  readonly entity!: string

  @Field(() => ID, { nullable: true, description: 'Id of the record that was written, or deleted.' })
  readonly id!: string | null
}

@ObjectType('TransactPayload', { description: 'Answer to a `transact`.' })
export class TransactPayloadObject {
  @Field(() => [TransactResultObject], {
    description: 'One for each operation, in their order; none where the operations themselves were malformed.',
  })
  readonly results!: readonly TransactResultObject[]

  @Field(() => TransactionObject, {
    nullable: true,
    description: 'How the transaction went; null where none was begun.',
  })
  readonly transaction!: TransactionObject | null

  @Field(() => [WriteErrorObject], {
    description: 'Every reason of a refusal, of all operations and both systems; empty if there is none.',
  })
  readonly errors!: readonly WriteErrorObject[]
}
