/** Reads a list of the graph or of a native API to its end, page by page. */

import type { GraphQLClient } from 'graphql-request'

export type Node = Readonly<Record<string, unknown>>

interface Page {
  readonly edges: readonly { readonly node: Node }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

/** `selection` is what to read of each record of the list `field`. */
export async function every(
  client: GraphQLClient,
  field: string,
  selection: string,
  pageSize = 500,
): Promise<readonly Node[]> {
  const nodes: Node[] = []
  const query = `query($after: String) { ${field}(first: ${pageSize}, after: $after) {
    edges { node { ${selection} } } pageInfo { hasNextPage endCursor } } }`
  for (let after: string | null = null; ; ) {
    const answer: Readonly<Record<string, Page>> = await client.request(query, { after })
    const page = answer[field]
    if (page === undefined) throw new TypeError(`no answer to ${field}`)
    nodes.push(...page.edges.map(({ node }) => node))
    if (!page.pageInfo.hasNextPage) return nodes
    after = page.pageInfo.endCursor
  }
}
