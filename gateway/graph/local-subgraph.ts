/**
 * A subgraph in the gateway's own process. Answers as the stock data source does, but parses and validates each
 * query of a plan once: plans repeat their texts, so all but the first fetch go straight to execution.
 */

import type { GraphQLDataSource } from '@apollo/gateway'
import { type DocumentNode, execute, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'

type Fetch = Parameters<GraphQLDataSource['process']>[0]
type Answer = Awaited<ReturnType<GraphQLDataSource['process']>>
type Compiled = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] }

const DOCUMENTS_MAX = 1_000

/** Hears of every call to a subgraph, before it is answered. */
export type FetchListener = (subgraph: string, operationName: string | null) => void

export interface LocalSubgraphOptions {
  readonly name: string
  readonly schema: GraphQLSchema
  readonly onFetch?: FetchListener | undefined
  /** Most documents kept compiled; the one not used for longest makes room. */
  readonly documentsMax?: number
}

/** Serves one schema for life: after a supergraph update another one takes its place, with its documents. */
export class LocalSubgraph implements GraphQLDataSource {
  readonly #options: LocalSubgraphOptions
  readonly #documents = new Map<string, Compiled>()

  constructor(options: LocalSubgraphOptions) {
    this.#options = options
  }

  /** The texts compiled at present, the one not used for longest first. */
  get documents(): readonly string[] {
    return [...this.#documents.keys()]
  }

  async process({ request, context }: Fetch): Promise<Answer> {
    const { name, schema, onFetch } = this.#options
    onFetch?.(name, request.operationName ?? null)
    const compiled = this.#compiled(request.query ?? '')
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

  #compiled(query: string): Compiled {
    const known = this.#documents.get(query)
    const compiled = known ?? compile(this.#options.schema, query)
    // A Map keeps its order of insertion: putting an entry back makes it the youngest.
    if (known !== undefined) this.#documents.delete(query)
    this.#documents.set(query, compiled)
    if (this.#documents.size > (this.#options.documentsMax ?? DOCUMENTS_MAX)) this.#dropOldest()
    return compiled
  }

  #dropOldest(): void {
    for (const query of this.#documents.keys()) {
      this.#documents.delete(query)
      return
    }
  }
}

function compile(schema: GraphQLSchema, query: string): Compiled {
  try {
    const document = parse(query, { noLocation: true })
    const errors = validate(schema, document)
    return errors.length > 0 ? { errors } : { document }
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] }
    throw error
  }
}
