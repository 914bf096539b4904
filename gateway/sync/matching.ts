/** Finds the records that matches mean, for many writes at once: one question to each system, and one for what it leaves open. */

import type { TableMap } from '../../maps/model.ts'
import type { Facts } from './facts.ts'
import { candidatesOf, type Settled, settle, unsettled } from './match.ts'
import type { WholeIntent } from './operation.ts'

/** In the order of the writes; null for one that names its record by its key. Rejects with SystemSilent. */
export async function settleMatches(
  facts: Facts,
  wholes: readonly WholeIntent[],
): Promise<readonly (Settled | null)[]> {
  const asked = wholes.flatMap((whole) => {
    const { match, refusals } = whole
    return match === null || refusals.length > 0 ? [] : [{ ...whole, match }]
  })
  const found = await facts.find(asked.map(({ map, match: { where } }) => ({ map, where })))
  const matched = asked.map((whole, index) => ({ whole, found: found[index] ?? [] }))
  await facts.read(
    matched.flatMap((one) => candidatesOf(one.whole, one.found).map((key) => ({ map: one.whole.map, key }))),
  )
  const settled = matched.map((one) => settle(one.whole, one.found, statesOf(facts, one.whole.map))).values()
  return wholes.map((whole) => {
    if (whole.match === null) return null
    if (whole.refusals.length > 0) return unsettled(whole, whole.refusals)
    return settled.next().value ?? null
  })
}

function statesOf(facts: Facts, map: TableMap): Parameters<typeof settle>[2] {
  return (key) => facts.states(map, key)
}
