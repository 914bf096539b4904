/** Everything that is derived from the shipped tables and maps, and kept in the repository to be read. */

import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse, printSchema } from 'graphql'
import { pino } from 'pino'
import { createFederation, type Subgraph } from '../../gateway/graph/federation.ts'
import { unifiedSdl } from '../../gateway/graph/unified/unified.ts'
import { stampOf } from '../../gateway/systems/shipped-sdl.ts'
import { jsonSchemas } from '../../maps/definition.ts'
import type { MapSet } from '../../maps/model.ts'
import { shippedMapSet } from '../../maps/shipped.ts'
import { SYSTEMS } from '../../schema/record.ts'
import { systemSubgraph } from '../../subgraphs/kit/graph/subgraph.ts'

const LIMITS = { pageSizeMax: 1 }

/** Texts by their path below `root`: the SDL of every subgraph, of what they make together, and the JSON Schemas. */
export async function derivedDocuments(root: string): Promise<ReadonlyMap<string, string>> {
  const mapSet = shippedMapSet(root)
  const subgraphs = shippedSubgraphs(mapSet)
  const { supergraph, api } = await joined(subgraphs)
  return new Map([
    ...subgraphs.map(({ name, sdl }) => [`schema/${name}.graphql`, `${stampOf(mapSet)}\n\n${sdl}`] as const),
    ['schema/supergraph.graphql', `${supergraph}\n`],
    ['schema/api.graphql', `${api}\n`],
    ...Object.entries(jsonSchemas()).map(
      ([file, schema]) => [`maps/${file}`, `${JSON.stringify(schema, null, 2)}\n`] as const,
    ),
  ])
}

function shippedSubgraphs(mapSet: MapSet): readonly Subgraph[] {
  const systems = SYSTEMS.map((system) => ({ name: system.toLowerCase(), ...systemSubgraph(mapSet, system, LIMITS) }))
  const unified = unifiedSdl(mapSet)
  return [...systems, { name: 'unified', sdl: unified, schema: buildSubgraphSchema(parse(unified)) }]
}

/** The supergraph, and the schema that applications see of it. */
async function joined(subgraphs: readonly Subgraph[]): Promise<{ readonly supergraph: string; readonly api: string }> {
  const { gateway, supergraphSdl } = createFederation({ subgraphs, log: pino({ level: 'silent' }) })
  let api = ''
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    api = printSchema(apiSchema)
  })
  await gateway.load({ apollo: {} })
  await gateway.stop()
  return { supergraph: supergraphSdl(), api }
}
