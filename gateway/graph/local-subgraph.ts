/** A subgraph in the gateway's own process. Answers as the stock data source does, from documents that stay compiled. */

import type { GraphQLDataSource } from '@apollo/gateway'
import { execute, type GraphQLSchema } from 'graphql'
import { CompiledDocuments } from '../../schema/compiled-documents.ts'

type Fetch = Parameters<GraphQLDataSource['process']>[0]
type Answer = Awaited<ReturnType<GraphQLDataSource['process']>>

/** Hears of every call to a subgraph, before it is answered. */
export type FetchListener = (subgraph: string, operationName: string | null) => void

export interface LocalSubgraphOptions {
  readonly name: string
  readonly schema: GraphQLSchema
  readonly onFetch?: FetchListener | undefined
}

/** Serves one schema for life: after a supergraph update another one takes its place, with its documents. */
export class LocalSubgraph implements GraphQLDataSource {
  readonly #options: LocalSubgraphOptions
  readonly #documents: CompiledDocuments

  constructor(options: LocalSubgraphOptions) {
    this.#options = options
    this.#documents = new CompiledDocuments(options.schema)
  }

  async process({ request, context }: Fetch): Promise<Answer> {
    const { name, schema, onFetch } = this.#options
    onFetch?.(name, request.operationName ?? null)
    const compiled = this.#documents.compile(request.query ?? '')
    if ('errors' in compiled) return { errors: compiled.errors } as Answer
    const result = await execute({
      schema,
      document: compiled.document,
      variableValues: request.variables,
      operationName: request.operationName,
      contextValue: context,
    })
    // Errors stay GraphQLErrors, as the stock data source leaves them: what was thrown is found in them.
    return result as Answer
  }
}
