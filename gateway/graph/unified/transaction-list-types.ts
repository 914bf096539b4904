/** What a list of transactions is asked for with, and answered as. */

import 'reflect-metadata'
import { ArgsType, Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import type { TransactionState } from '../../../schema/caller-view.ts'
import type { Origin } from '../../../schema/participant.ts'
import { OriginEnum, TransactionStateEnum } from './enums.ts'
import { TransactionObject } from './transaction-types.ts'

@ObjectType('TransactionEdge', { description: 'A transaction in a list.' })
export class TransactionEdge {
  @Field(() => TransactionObject, { description: 'The transaction.' })
  readonly node!: TransactionObject

  @Field(() => String, { description: 'Pass it as `after` to continue from here.' })
  readonly cursor!: string
}

/** The same in every subgraph, to the word: composition keeps one of them. */
@Directive('@shareable')
@ObjectType('PageInfo', { description: 'Where a page lies in its list.' })
export class PageInfoObject {
  @Field(() => Boolean, { description: 'Whether more records follow.' })
  readonly hasNextPage!: boolean

  @Field(() => Boolean, { description: 'Whether the page continues an earlier one.' })
  readonly hasPreviousPage!: boolean

  @Field(() => String, { nullable: true, description: 'Cursor of the first record; null for an empty page.' })
  readonly startCursor!: string | null

  @Field(() => String, { nullable: true, description: 'Cursor of the last record; null for an empty page.' })
  readonly endCursor!: string | null
}

@ObjectType('TransactionConnection', { description: 'A page of a list of transactions.' })
export class TransactionConnection {
  @Field(() => [TransactionEdge], { description: 'The transactions of the page, each with its cursor.' })
  readonly edges!: readonly TransactionEdge[]

  @Field(() => PageInfoObject, { description: 'Where the page lies in the list.' })
  readonly pageInfo!: PageInfoObject
}

@InputType('TransactionFilter', { description: 'Which transactions to list: those that meet every condition given.' })
export class TransactionFilterInput {
  @Field(() => TransactionStateEnum, { nullable: true, description: 'In this state.' })
  readonly state?: TransactionState | null

  @Field(() => OriginEnum, { nullable: true, description: 'From this origin.' })
  readonly origin?: Origin | null

  @Field(() => ID, { nullable: true, description: 'About the entity record with this id.' })
  readonly entityId?: string | null
}

export const PAGE_SIZE = 50

@ArgsType()
export class TransactionsArguments {
  @Field(() => TransactionFilterInput, { nullable: true, description: 'Which ones; all if left out.' })
  readonly filter?: TransactionFilterInput | null

  @Field(() => Int, { nullable: true, defaultValue: PAGE_SIZE, description: 'How many at most.' })
  readonly first?: number | null

  @Field(() => String, { nullable: true, description: 'Continues after the transaction with this cursor.' })
  readonly after?: string | null
}
