/**
 * Parses and validates each query text once. A gateway's plans repeat their texts, so all but the first fetch of a
 * subgraph go straight to execution.
 */

import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'

export type Compiled = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] }

const DOCUMENTS_MAX = 1_000

export class CompiledDocuments {
  readonly #schema: GraphQLSchema
  readonly #documentsMax: number
  readonly #documents = new Map<string, Compiled>()

  /** `documentsMax`: most texts kept; the one not used for longest makes room. */
  constructor(schema: GraphQLSchema, documentsMax = DOCUMENTS_MAX) {
    this.#schema = schema
    this.#documentsMax = documentsMax
  }

  /** The texts compiled at present, the one not used for longest first. */
  get texts(): readonly string[] {
    return [...this.#documents.keys()]
  }

  /** Documents have no locations: nobody wrote these texts. */
  compile(text: string): Compiled {
    const known = this.#documents.get(text)
    const compiled = known ?? compile(this.#schema, text)
    // A Map keeps its order of insertion: putting an entry back makes it the youngest.
    if (known !== undefined) this.#documents.delete(text)
    this.#documents.set(text, compiled)
    if (this.#documents.size > this.#documentsMax) this.#dropOldest()
    return compiled
  }

  #dropOldest(): void {
    for (const text of this.#documents.keys()) {
      this.#documents.delete(text)
      return
    }
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
