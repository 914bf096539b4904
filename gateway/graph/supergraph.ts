/** Joins the subgraphs' SDL into the one supergraph that the gateway serves. */

import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'

/** `url` tells two generations of a subgraph apart; nothing is fetched from it. */
export interface SubgraphSdl {
  readonly name: string
  readonly sdl: string
  readonly url?: string
}

export interface Supergraph {
  readonly sdl: string
  /** What composition had to smooth over, as `CODE: text`; the shipped catalog has none. */
  readonly hints: readonly string[]
}

/** The subgraphs do not fit together. `faults` says every reason, one line each. */
export class CompositionError extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(['The subgraphs cannot be composed:', ...faults.map((fault) => `  ${fault}`)].join('\n'))
    this.name = 'CompositionError'
    this.faults = faults
  }
}

/** Throws a {@link CompositionError}, or a GraphQLError for SDL that does not parse. */
export function composeSupergraph(subgraphs: readonly SubgraphSdl[]): Supergraph {
  const services = subgraphs.map(({ name, sdl, url }) => ({
    name,
    typeDefs: parse(sdl, { noLocation: false }),
    url: url ?? localUrl(name),
  }))
  const result = composeServices(services)
  if (result.errors !== undefined) throw new CompositionError(result.errors.map((error) => error.message))
  return {
    sdl: result.supergraphSdl,
    hints: result.hints.map((hint) => `${hint.definition.code}: ${hint.message}`),
  }
}

/** Stands in for an address: the gateway asks its data sources by it. */
export function localUrl(name: string): string {
  return `local:${name}`
}
