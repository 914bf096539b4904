/** Queries over transactions, answered from the participants' own rows. */

import 'reflect-metadata'
import { Arg, Args, ID, Query, Resolver } from 'type-graphql'
import type { TransactionId } from '../../../schema/record.ts'
import type { Coordinator } from '../../coordinator/coordinator.ts'
import { PAGE_SIZE, TransactionConnection, TransactionsArguments } from './transaction-list-types.ts'
import { readTransactionPage } from './transaction-page.ts'
import { TransactionObject } from './transaction-types.ts'
import { transactionObject } from './transaction-view.ts'

@Resolver()
export class TransactionResolver {
  readonly #coordinator: Coordinator
  readonly #pageSizeMax: number

  constructor(coordinator: Coordinator, pageSizeMax: number) {
    this.#coordinator = coordinator
    this.#pageSizeMax = pageSizeMax
  }

  @Query(() => TransactionObject, { nullable: true, description: 'A transaction by its id; null if none has it.' })
  async transaction(
    @Arg('id', () => ID, { description: 'Id of the transaction.' }) id: string,
  ): Promise<TransactionObject | null> {
    const view = await this.#coordinator.transaction(id as TransactionId)
    return view === null ? null : transactionObject(view)
  }

  @Query(() => TransactionConnection, {
    description:
      'Transactions, the newest first. A page may hold fewer than asked for while more follow: go on after its `endCursor`.',
  })
  async transactions(
    @Args(() => TransactionsArguments) { filter, first, after }: TransactionsArguments,
  ): Promise<TransactionConnection> {
    const { state = null, origin = null, entityId = null } = filter ?? {}
    const page = await readTransactionPage(
      this.#coordinator,
      { filter: { state, origin, entityId }, first: first ?? PAGE_SIZE, after: after ?? null },
      this.#pageSizeMax,
    )
    const edges = page.edges.map(({ view, cursor }) => ({ node: transactionObject(view), cursor }))
    return {
      edges,
      pageInfo: {
        hasNextPage: page.hasNextPage,
        hasPreviousPage: page.hasPreviousPage,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: page.endCursor,
      },
    }
  }
}
