/** Errors that may leave the process, in the form that the libraries of transports take. */

import { GraphQLError, type GraphQLFormattedError } from 'graphql'

/** Written down as it was formatted; nothing of its origin is in it. */
export class PublicError extends GraphQLError {
  readonly #formatted: GraphQLFormattedError

  constructor(formatted: GraphQLFormattedError) {
    super(formatted.message, { path: formatted.path ?? null, extensions: formatted.extensions ?? null })
    this.#formatted = formatted
  }

  override toJSON(): GraphQLFormattedError {
    return this.#formatted
  }
}
