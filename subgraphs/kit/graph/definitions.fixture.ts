/** The SDL of both subgraphs of a map set, taken apart for a reader. */

import { type DefinitionNode, parse, print } from 'graphql'
import type { MapSet } from '../../../maps/model.ts'
import type { System } from '../../../schema/record.ts'
import { systemSubgraph } from './subgraph.ts'
import { LIMITS } from './system.fixture.ts'

export function definitionsOf(mapSet: MapSet) {
  const sdl = {
    CRM: systemSubgraph(mapSet, 'CRM', LIMITS).sdl,
    ERP: systemSubgraph(mapSet, 'ERP', LIMITS).sdl,
  }
  const definitions = (system: System): ReadonlyMap<string, DefinitionNode> =>
    new Map(
      parse(sdl[system], { noLocation: true }).definitions.flatMap((node) =>
        'name' in node && node.name !== undefined ? [[node.name.value, node]] : [],
      ),
    )
  const nodes = { CRM: definitions('CRM'), ERP: definitions('ERP') }

  /** A definition without its descriptions, on one line for each field. */
  function shape(system: System, name: string): readonly string[] {
    const node = nodes[system].get(name)
    if (node === undefined) throw new TypeError(`${system} has no ${name}`)
    const bare = print(node).replace(/"""[\s\S]*?"""\s*/g, '')
    return bare
      .replace(/\(\s+([^)]*?)\s+\)/g, (_whole, inner: string) => `(${inner.split(/\s*\n\s*/).join(', ')})`)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && line !== '}')
  }

  return { sdl, nodes, shape }
}

/** The arguments and the type of a list's field. */
export const listShape = (prefix: string) =>
  `(filter: ${prefix}Filter, orderBy: [${prefix}OrderBy!], first: Int = 50, after: String): ${prefix}Connection!`
