/**
 * Parses and validates each query text once. A gateway's plans repeat their texts, so all but the first fetch of a
 * subgraph go straight to execution.
 */

import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'
import { RecentlyUsed } from './recently-used.ts'

export type Compiled = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] }

const DOCUMENTS_MAX = 1_000

export class CompiledDocuments {
  readonly #schema: GraphQLSchema
  readonly #documents: RecentlyUsed<string, Compiled>

  /** `documentsMax`: most texts kept; the one not used for longest makes room. */
  constructor(schema: GraphQLSchema, documentsMax = DOCUMENTS_MAX) {
    this.#schema = schema
    this.#documents = new RecentlyUsed(documentsMax)
  }

  /** The texts compiled at present, the one not used for longest first. */
  get texts(): readonly string[] {
    return this.#documents.keys
  }

  /** Documents have no locations: nobody wrote these texts. */
  compile(text: string): Compiled {
    const known = this.#documents.get(text)
    if (known !== undefined) return known
    const compiled = compile(this.#schema, text)
    this.#documents.set(text, compiled)
    return compiled
  }
}

function compile(schema: GraphQLSchema, text: string): Compiled {
  try {
    const document = parse(text, { noLocation: true })
    const errors = validate(schema, document)
    return errors.length > 0 ? { errors } : { document }
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] }
    throw error
  }
}
