import { describe, expect, it } from 'vitest'
import { FEDERATION_LINK } from '../../schema/federation.ts'
import { CompositionError, composeSupergraph } from './supergraph.ts'

const crm = {
  name: 'crm',
  sdl: `${FEDERATION_LINK} type Query { person(id: ID!): Person } type Person @key(fields: "id") { id: ID!  name: String }`,
}

const failure = (...subgraphs: Parameters<typeof composeSupergraph>[0]): CompositionError => {
  try {
    composeSupergraph(subgraphs)
  } catch (error) {
    if (error instanceof CompositionError) return error
    throw error
  }
  throw new Error('composed')
}

describe('a supergraph', () => {
  it('joins entities field by field', () => {
    const erp = { name: 'erp', sdl: `${FEDERATION_LINK} type Person @key(fields: "id") { id: ID!  credit: String }` }
    const { sdl, hints } = composeSupergraph([crm, erp])
    expect(sdl).toContain('CRM @join__graph(name: "crm", url: "local:crm")')
    expect(sdl).toMatch(/credit: String @join__field\(graph: ERP\)/)
    expect(hints).toEqual([])
  })

  it('is refused with every fault when the subgraphs do not fit together', () => {
    const erp = {
      name: 'erp',
      sdl: `${FEDERATION_LINK}
        type Person @key(fields: "id") { id: ID!  name: Int  credit: Money }
        scalar Money
        type Query { person(id: ID!): Person }`,
    }
    const { faults, message } = failure(crm, erp)
    expect(faults).toEqual([
      expect.stringContaining('"Query.person" is resolved from multiple subgraphs'),
      expect.stringContaining('Type of field "Person.name" is incompatible'),
      expect.stringContaining('"Person.name" is resolved from multiple subgraphs'),
    ])
    for (const fault of faults) expect(message).toContain(fault)
  })

  it('tells what composition smoothed over', () => {
    const erp = {
      name: 'erp',
      sdl: `${FEDERATION_LINK} "Somebody." type Person @key(fields: "id") { id: ID! }`,
    }
    const other = { ...crm, sdl: crm.sdl.replace('type Person', '"Anybody." type Person') }
    expect(composeSupergraph([other, erp]).hints).toEqual([expect.stringMatching(/^INCONSISTENT_DESCRIPTION: /)])
  })
})
