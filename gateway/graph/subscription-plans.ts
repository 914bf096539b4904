import type { Experimental_DidResolveQueryPlanCallback } from '@apollo/gateway'

type Resolved = Parameters<Experimental_DidResolveQueryPlanCallback>[0]

/**
 * The gateway plans subscriptions and refuses to execute them: their plan is a fetch of the message, and the rest, which
 * is what it would be for a query. Put in sequence, it executes both for one message; the subgraph that is asked for that
 * finds it in the context. Told of every plan just before it is executed.
 */
export const executeSubscriptions: Experimental_DidResolveQueryPlanCallback = ({ queryPlan }: Resolved) => {
  const { node } = queryPlan
  if (node?.kind !== 'Subscription') return
  const nodes = node.rest === undefined ? [node.primary] : [node.primary, node.rest]
  queryPlan.node = { kind: 'Sequence', nodes }
}
