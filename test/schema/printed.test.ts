import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Kind, parse, visit } from 'graphql'
import { describe, expect, it } from 'vitest'
import { composeSupergraph } from '../../gateway/graph/supergraph.ts'
import { packageRoot } from '../../maps/load.ts'
import { shippedMapSet } from '../../maps/shipped.ts'
import { derivedDocuments } from './documents.ts'

const root = packageRoot()
const documents = await derivedDocuments(root)

describe('the documents kept in the repository', () => {
  it.each([...documents])('%s is current; if not, run npm run schema', async (path, text) => {
    expect(await readFile(join(root, path), 'utf8')).toBe(text)
  })
})

describe('the schema that applications see', () => {
  it('describes every type, every field and every argument', () => {
    const bare: string[] = []
    let described = 0
    const check = (node: DescribedNode): void => {
      if (node.description === undefined) bare.push(node.name.value)
      else described += 1
    }
    visit(parse(documents.get('schema/api.graphql') ?? ''), {
      ObjectTypeDefinition: check,
      InterfaceTypeDefinition: check,
      InputObjectTypeDefinition: check,
      EnumTypeDefinition: check,
      ScalarTypeDefinition: check,
      FieldDefinition: check,
      InputValueDefinition: check,
    })
    expect(bare).toEqual([])
    expect(described).toBeGreaterThan(500)
  })
})

interface DescribedNode {
  readonly name: { readonly value: string }
  readonly description?: object | undefined
}

describe('the shipped subgraphs', () => {
  const subgraphs = ['crm', 'erp', 'unified'].map((name) => ({
    name,
    sdl: documents.get(`schema/${name}.graphql`) ?? '',
  }))

  it('fit together with nothing to smooth over', () => {
    expect(composeSupergraph(subgraphs).hints).toEqual([])
  })

  it('share of an entity its key and nothing else, so that no two records are ever merged by their position', () => {
    const { byEntity } = shippedMapSet(root)
    for (const [coordinate, owners] of ownersOfFields(subgraphs)) {
      const [type = '', field = ''] = coordinate.split('.')
      const map = byEntity.get(type)
      if (owners.length === 1 || map === undefined) continue
      expect(['id', ...map.key.map(({ name }) => name)]).toContain(field)
    }
  })

  it('share of the query what finds one record by its key', () => {
    const shared = [...ownersOfFields(subgraphs)].filter(
      ([name, owners]) => name.startsWith('Query.') && owners.length > 1,
    )
    const entities = [...shippedMapSet(root).byEntity.keys()]
    const single = entities.map((entity) => `Query.${entity.charAt(0).toLowerCase()}${entity.slice(1)}`)
    expect(shared.map(([name]) => name).sort()).toEqual(single.sort())
  })
})

/** Which subgraphs have a field, by `Type.field`. */
function ownersOfFields(
  subgraphs: readonly { readonly name: string; readonly sdl: string }[],
): ReadonlyMap<string, readonly string[]> {
  const fields = subgraphs.flatMap(({ name, sdl }) =>
    parse(sdl).definitions.flatMap((definition) =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION
        ? (definition.fields ?? []).map((field) => [`${definition.name.value}.${field.name.value}`, name] as const)
        : [],
    ),
  )
  const grouped = Map.groupBy(fields, ([coordinate]) => coordinate)
  return new Map([...grouped].map(([coordinate, owners]) => [coordinate, owners.map(([, owner]) => owner)]))
}
